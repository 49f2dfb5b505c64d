import Glibc
import Model
import Testing

/// A machine of its own: a container whose first process is systemd (Scripts/systemd-image), with the real binary, the stand-in for
/// ngrok's agent and a stack at /srv/home that is installed as a unit.
final class SystemdMachine: Sendable {
  static let image = "leanto-systemd:2"
  static let isPossible: Bool = {
    guard Lab.hasBinary else { return false }
    return unsafe system("docker image inspect \(image) >/dev/null 2>&1") == 0
  }()

  @TaskLocal static var current: SystemdMachine?

  static let domain = "lean-example.ngrok-free.app"
  static let token = "2abcdefghijklmnopqrstuvwxyz"
  let name = "leanto-systemd-\(UInt32.random(in: 0 ... .max))"
  private let folder: TemporaryFolder

  /// `hasUserManagers`: with the machine's own view of control groups, without which persons' service managers do not start here.
  init(hasUserManagers: Bool = false) async throws {
    folder = try TemporaryFolder()
    // Signs of life must come by a socket of the machine, and a frozen thread needs ptrace.
    try await docker(
      "run", "-d", "--name", name, "--cap-add", "SYS_ADMIN", "--cap-add", "SYS_PTRACE", "--security-opt", "seccomp=unconfined",
      "--security-opt", "apparmor=unconfined", "--cgroupns=\(hasUserManagers ? "host" : "private")", "-v",
      "/sys/fs/cgroup:/sys/fs/cgroup:rw", "--tmpfs", "/run",
      "--tmpfs", "/tmp", "--tmpfs", "/run/lock", "--add-host", "\(Self.domain):127.0.0.1", Self.image, "/sbin/init")
    for (from, to) in [
      (Lab.binary, "/usr/local/bin/leanto"), (Lab.root + "/Tests/StandIns/ngrok/ngrok", "/usr/local/bin/ngrok"),
      (Lab.program("hello.py"), "/opt/hello.py"), (Lab.program("freeze_loop.py"), "/opt/freeze_loop.py"),
    ] { try await docker("cp", from, "\(name):\(to)") }
    try await waitUntilBooted()
    try await makeStack()
  }

  @discardableResult
  func docker(_ words: String..., input: String = "", within seconds: Double = 120) async throws -> String {
    let outcome = try await ChildProcess(["docker"] + words, input: input, folder: folder).outcome(within: seconds)
    guard outcome.status == 0 else { throw TestFailure("docker \(words.prefix(6)): \(outcome.all)") }
    return outcome.output
  }

  /// Runs a line of shell in the machine, as root.
  func shell(_ line: String, input: String = "", within seconds: Double = 120) async throws -> Outcome {
    try await ChildProcess(["docker", "exec", "-i", name, "sh", "-c", line], input: input, folder: folder)
      .outcome(within: seconds)
  }

  /// Its output without the last line end; fails when it fails.
  func output(_ line: String, input: String = "", within seconds: Double = 120) async throws -> String {
    let outcome = try await shell(line, input: input, within: seconds)
    guard outcome.status == 0 else { throw TestFailure("\(line): \(outcome.all)") }
    return outcome.output.hasSuffix("\n") ? String(outcome.output.dropLast()) : outcome.output
  }

  func waitUntilBooted() async throws {
    try await until("the machine has booted", within: 60) {
      ["running", "degraded"].contains(try await self.shell("systemctl is-system-running").output.filter { !$0.isNewline })
    }
  }

  static let settings = """
    name: home
    runner: native
    gateway: { engine: builtin, workers: 2, timeouts: { drain: 10s } }
    access: { throttle: off }
    tunnel: { provider: ngrok, domain: \(domain) }
    services:
      hello:
        command: [python3, /opt/hello.py]
        port: 9000
        at: /hello/
        public: [/open/]
        health: { http: / }

    """

  private func makeStack() async throws {
    _ = try await output("mkdir -p /srv/home && cat >/srv/home/leanto.yaml", input: Self.settings)
    _ = try await output("leanto user add ada --stack /srv/home", input: "correct horse battery staple\n")
    _ = try await output("leanto tunnel set --stack /srv/home", input: Self.token + "\n")
  }

  func install() async throws -> Outcome { try await shell("cd /srv/home && leanto service install", within: 60) }

  func property(_ name: String) async throws -> String {
    try await output("systemctl show leanto-home --property \(name) --value")
  }

  /// The process of the daemon; 0 while there is none.
  func daemon() async throws -> Int { Int(try await property("MainPID")) ?? 0 }

  /// That of a service, as the daemon tells.
  func process(of service: String) async throws -> Int {
    struct Report: Decodable { var status: StackStatus }
    let text = try await output("leanto status --json --stack /srv/home")
    let status = try decoded(Report.self, from: text).status
    return Int(status.services.first { $0.name == service }?.processIdentifier ?? 0)
  }

  func waitUntilActive(within seconds: Double = 20) async throws {
    try await until("the unit is active", within: seconds) {
      try await self.shell("systemctl is-active --quiet leanto-home").status == 0
    }
  }

  func waitUntilOnline() async throws {
    try await until("the tunnel is online", within: 30) {
      try await self.shell("leanto tunnel status --stack /srv/home").status == 0
    }
  }

  func restart() async throws {
    try await docker("restart", "-t", "20", name)
    try await waitUntilBooted()
  }

  func dispose() async {
    _ = try? await docker("rm", "-f", "-v", name)
    folder.remove()
  }
}

/// Starts one machine for a suite, with the stack installed as a unit of the system.
struct SystemdMachineTrait: SuiteTrait, TestScoping {
  var isRecursive: Bool { false }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let machine = try await SystemdMachine()
    let result: Result<Void, any Error>
    do {
      let installed = try await machine.install()
      #expect(installed.status == 0, "\(installed.all)")
      result = .success(try await SystemdMachine.$current.withValue(machine, operation: function))
    } catch {
      result = .failure(error)
    }
    await machine.dispose()
    try result.get()
  }
}

extension Trait where Self == SystemdMachineTrait {
  static var systemdMachine: SystemdMachineTrait { SystemdMachineTrait() }
}
