import Model
import TestSupport
import Testing

@testable import Operations

/// One thing that was seen, and what the doctor has to say of it.
struct Seen: Sendable, CustomTestStringConvertible {
  var name: String
  var findings: [Finding]
  var verdict: Finding.Verdict
  var says: String
  /// Of the first command; empty: there is none.
  var command: String

  var testDescription: String { name }

  init(_ name: String, _ findings: [Finding], _ verdict: Finding.Verdict, _ says: String, _ command: String = "") {
    (self.name, self.findings, self.verdict, self.says, self.command) = (name, findings, verdict, says, command)
  }

  /// Expects one finding that is as it should be; the others are fine.
  func check(_ location: SourceLocation = #_sourceLocation) {
    let worst = findings.first { $0.verdict == verdict && $0.sentence.contains(says) }
    #expect(worst != nil, "\(findings)", sourceLocation: location)
    #expect(findings.allSatisfy { $0.sentence.hasSuffix(".") }, "\(findings)", sourceLocation: location)
    if verdict == .ok { #expect(findings.allSatisfy { $0.verdict == .ok }, "\(findings)", sourceLocation: location) }
    let first = worst?.commands.first ?? ""
    #expect(command.isEmpty ? first.isEmpty : first.contains(command), "\(first)", sourceLocation: location)
    let isFault = verdict == .problem || verdict == .warning
    #expect(!isFault || !first.isEmpty, "a fault without a command", sourceLocation: location)
  }
}

@Suite("The doctor: disk, memory, limits, updates")
struct MachineChecksTests {
  private static let giga = 1 << 30

  private static func disk(free: Int, freeFiles: Int = 500_000, files: Int = 1_000_000) -> [Finding] {
    MachineChecks.disk(.init(path: "/srv/home", free: free, size: 100 * giga, freeFiles: freeFiles, files: files))
  }

  private static func memory(_ total: Int, _ available: Int, swap: Int = 0, limit: Int? = nil, needs: Int, runs: Bool = false)
    -> [Finding]
  {
    MachineChecks.memory(
      .init(total: total * giga, available: available * giga, freeSwap: swap * giga, limit: limit.map { $0 * giga }),
      needed: needs * giga,
      isRunning: runs)
  }

  private static func upgrades(_ texts: [String]?, isContainer: Bool = false) -> [Finding] {
    [MachineChecks.upgrades(texts, isContainer: isContainer)]
  }

  private static func certificate(_ ends: Int?, isUsers: Bool = false) -> [Finding] {
    [MachineChecks.certificate(ends: ends, isUsers: isUsers, now: 1_000_000)]
  }

  static let rows: [Seen] = [
    Seen("enough disk", disk(free: 50 * giga), .ok, "50.0 GiB of 100.0 GiB are free"),
    Seen("little disk", disk(free: 2 * giga), .warning, "Only 2.0 GiB", "df -h /srv/home"),
    Seen("no disk", disk(free: 100 << 20), .problem, "databases break", "df -h /srv/home"),
    Seen("few inodes", disk(free: 50 * giga, freeFiles: 30_000), .warning, "3 % of the disk's files", "df -i /srv/home"),
    Seen("no inodes", disk(free: 50 * giga, freeFiles: 10), .problem, "Only 10 more files", "df -i /srv/home"),
    Seen("a file system without a number of files", disk(free: 50 * giga, freeFiles: 0, files: 0), .ok, "are free"),
    Seen("enough memory", memory(16, 8, needs: 2), .ok, "8.0 GiB of 16.0 GiB"),
    Seen("more needed than there is", memory(4, 3, needs: 6), .problem, "has 4.0 GiB in all", "limits.memory"),
    Seen("more needed than is free", memory(8, 1, needs: 2), .warning, "1.0 GiB are available now", "free -h"),
    Seen("running already", memory(8, 1, needs: 2, runs: true), .ok, "are available"),
    Seen("hardly any memory left", memory(40, 1, needs: 2, runs: true), .warning, "the kernel will end programs", "free -h"),
    Seen(
      "a control group that is too small", memory(16, 8, limit: 1, needs: 2), .problem, "lets this process have 1.0 GiB",
      "MemoryMax"),
    Seen("a control group that is large enough", memory(16, 8, limit: 4, needs: 2), .ok, "which is enough"),
    Seen(
      "updates by themselves",
      upgrades(["APT::Periodic::Update-Package-Lists \"1\";\nAPT::Periodic::Unattended-Upgrade \"1\";\n"]), .ok, "by themselves"),
    Seen(
      "no updates", upgrades(["// APT::Periodic::Unattended-Upgrade \"1\";\n"]), .warning, "Nothing installs",
      "unattended-upgrades"),
    Seen(
      "updates switched off", upgrades(["APT::Periodic::Unattended-Upgrade \"1\";", "APT::Periodic::Unattended-Upgrade \"0\";"]),
      .warning, "Nothing installs", "unattended-upgrades"),
    Seen("another distribution", upgrades(nil), .skipped, "no apt"),
    Seen("a container", upgrades([], isContainer: true), .skipped, "container"),
    Seen("no certificate", certificate(nil), .skipped, "gateway.lan is off"),
    Seen("a certificate for months", certificate(1_000_000 + 86_400 * 60), .ok, "60 days more"),
    Seen(
      "a certificate for days", certificate(1_000_000 + 86_400 * 5 + 60), .warning, "expires in 5 days",
      "leanto certificate renew"),
    Seen("a certificate that is over", certificate(999_999), .problem, "has expired", "leanto certificate renew"),
    Seen(
      "one's own certificate that is over", certificate(999_999, isUsers: true), .problem, "has expired", "where it came from"),
  ]

  @Test("What was seen leads to a verdict, a sentence and a command", arguments: rows)
  func verdict(seen: Seen) { seen.check() }

  @Test("Memory and limits are read from the kernel's files")
  func meminfo() throws {
    let text = "MemTotal:       16384 kB\nMemFree:         100 kB\nMemAvailable:    8192 kB\nSwapFree:        1024 kB\n"
    let memory = try #require(MachineChecks.Memory(meminfo: text, limits: ["max\n", "9223372036854771712\n", "4194304\n"]))
    #expect(memory == .init(total: 16384 << 10, available: 8192 << 10, freeSwap: 1024 << 10, limit: 4 << 20))
    #expect(MachineChecks.Memory(meminfo: "nothing", limits: []) == nil)
    let groups = MachineChecks.groupFiles("9:memory:/docker/x\n1:name=systemd:/y\n0::/user.slice/a\n")
    #expect(
      groups.contains("/sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes")
        && groups.contains("/sys/fs/cgroup/user.slice/a/memory.max"))
    #expect(groups.contains("/sys/fs/cgroup/memory.max") == false && groups.contains("/sys/fs/cgroup//memory.max"))
    #expect(MachineChecks.lookAtMemory() != nil)
  }

  @Test(
    "The real disk is looked at, and a small one is told",
    .enabled(if: Tmpfs.works, "needs root, and a machine that lets it mount"))
  func realDisk() throws {
    let folder = try ScratchFolder("doctor")
    let disk = try Tmpfs(size: "1m", at: try folder.folder("small"))
    defer { disk.unmount() }
    let seen = try #require(MachineChecks.lookAtDisk(folder.path + "/small"))
    #expect(seen.size < 1 << 30 && MachineChecks.disk(seen).first?.verdict == .problem)
    #expect(MachineChecks.lookAtDisk("/no/such/place") == nil)
  }

  @Test("Checks run beside each other, in time, and in their order")
  func examine() async {
    let slow = DoctorCheck("slow") {
      try? await Task.sleep(for: .seconds(60))
      return [Finding("slow", .ok, "Late.")]
    }
    let quick = (1...20).map { number in DoctorCheck("\(number)") { [Finding("\(number)", .ok, "Done.")] } }
    let clock = ContinuousClock.now
    let found = await Doctor.examine([slow] + quick, limit: .milliseconds(300))
    #expect(found.map(\.check) == ["slow"] + quick.map(\.name) && found[0].verdict == .warning)
    #expect(clock.duration(to: .now) < .seconds(30))
  }
}
