import Model
import Testing

@testable import Operations

@Suite("Parts of running processes")
struct ProcessPartsTests {
  @Test("Waits are spread by a fifth either way, and never leave 1 s to 60 s", arguments: [0.0, 0.25, 0.5, 0.999])
  func jitter(_ chance: Double) {
    var backOff = BackOff()
    let waits = (0..<9).map { _ in backOff.wait(afterUptime: .zero, chance: chance) }
    for (wait, plain) in zip(waits, [1, 2, 4, 8, 16, 32, 64, 64, 64]) {
      let spread = Duration.seconds(plain) * (0.8 + 0.4 * chance)
      #expect(wait == min(.seconds(60), max(.seconds(1), spread)))
    }
    backOff.reset()
    let first = backOff.wait(afterUptime: .zero, chance: 0)
    #expect(first == .seconds(1))
  }

  @Test("Two services that fell together do not rise together")
  func apart() {
    var (one, other) = (BackOff(), BackOff())
    for _ in 0..<3 { _ = (one.wait(afterUptime: .zero, chance: 0.1), other.wait(afterUptime: .zero, chance: 0.9)) }
    let waits = (one.wait(afterUptime: .zero, chance: 0.1), other.wait(afterUptime: .zero, chance: 0.9))
    #expect(waits.0 < waits.1)
  }

  static let plan = ProcessPlan(command: ["a", "b"], environment: ["X": "1", "Y": "2"], directory: "/srv")

  @Test("A plan has the same hash in every process and version")
  func hash() {
    #expect(Self.plan.hash == Self.plan.hash)
    #expect(ProcessPlan(command: [], directory: "").hash == fnv([[0xff], [0xff]]))
    #expect(
      ProcessPlan(command: ["é"], environment: ["X": "1"], directory: "/").hash
        == fnv([[0xc3, 0xa9, 0xff], [0xff], [0x58, 0xff], [0x31, 0xff], [0x2f, 0xff]]))
    var patient = Self.plan
    patient.stopSeconds = 99
    #expect(patient.hash == Self.plan.hash, "how it is stopped does not change what runs")
  }

  static let others: [ProcessPlan] = [
    ProcessPlan(command: ["ab"], environment: plan.environment, directory: "/srv"),
    ProcessPlan(command: ["a", "b", ""], environment: plan.environment, directory: "/srv"),
    ProcessPlan(command: ["a", "b"], environment: ["X": "2", "Y": "1"], directory: "/srv"),
    ProcessPlan(command: ["a", "b"], environment: ["X": "1"], directory: "/srv"),
    ProcessPlan(command: ["a", "b", "X", "1", "Y", "2"], directory: "/srv"),
    ProcessPlan(command: ["a", "b"], environment: plan.environment, directory: "/"),
  ]

  @Test("Another command, environment or directory has another hash", arguments: others)
  func otherHash(_ other: ProcessPlan) { #expect(other.hash != Self.plan.hash) }

  private func fnv(_ bytes: [[UInt8]]) -> String {
    String(bytes.joined().reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 16)
  }

  @Test("A start is needed again where command, environment or directory changed, and nowhere else")
  func reasons() {
    let old = NativeService(name: "a", kind: .process(Self.plan), address: nil, health: .none)
    var new = old
    (new.health, new.after, new.startSeconds) = (.tcp, ["b"], 5)
    #expect(new.reasonsToRestart(from: old) == [])
    new.kind = .process(ProcessPlan(command: ["c"], environment: ["TOKEN": "hidden"], directory: "/"))
    #expect(new.reasonsToRestart(from: old) == ["command", "environment", "directory"])
    new.kind = .address
    #expect(new.reasonsToRestart(from: old) == ["where it runs"])
  }

  @Test("A line of /proc is read right whatever the program is called")
  func line() throws {
    let tail = "S 1 42 42 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 1 0 12345 1000 10 18446744073709551615"
    let entry = try #require(ProcessEntry(line: "42 (a) Z 9 (b)) \(tail)"))
    #expect(entry.command == "a) Z 9 (b)" && entry.identifier == 42 && entry.parent == 1 && entry.group == 42)
    #expect(entry.startTime == 12345 && !entry.isZombie)
    #expect(ProcessEntry(line: "42 (a) Z" + tail.dropFirst())?.isZombie == true)
  }

  @Test("What is no line of /proc is none", arguments: ["", "42", "42 (a", "42 (a) S 1", ")42(", "x (a) S 1 42"])
  func noLine(_ text: String) { #expect(ProcessEntry(line: text) == nil) }

  @Test("Only listeners at the port are found in the kernel's table")
  func listeners() {
    let table = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 0100007F:238C 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0
         1: 0100007F:238C 0100007F:1111 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0
         2: 0100007F:238D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0
      """
    #expect(PortHolder.listeners(inTable: table, port: 9100) == ["111"])
    #expect(PortHolder.listeners(inTable: "nonsense\nmore", port: 9100) == [])
  }

  /// Leader 10 (start time 5) of run "r": which of the table below belong to it.
  static let table = [
    entry(10, group: 10, start: 5), entry(11, group: 10, start: 6), entry(12, group: 12, start: 7),
    entry(13, group: 13, start: 8),
    entry(14, group: 10, start: 9, state: "Z"),
  ]

  static func entry(_ process: Int32, group: Int32, start: UInt64, state: String = "S") -> ProcessEntry {
    ProcessEntry(line: "\(process) (x) \(state) 1 \(group) \(String(repeating: "0 ", count: 16))\(start) 0")!
  }

  @Test("To a start belong its group and what carries its name, but no group whose number went to another process")
  func members() {
    func members(_ start: UInt64, isChild: Bool = false, leader: Int32 = 10) -> [Int32] {
      let group = ProcessGroup(leader: leader, startTime: start, run: "r", isChild: isChild)
      return group.members(in: Self.table) { $0 == 12 ? "r" : nil }.map(\.identifier)
    }
    #expect(members(5) == [10, 11, 12])
    #expect(members(6) == [12])
    #expect(members(0, leader: 0) == [12])
    #expect(members(0, leader: 1) == [12])
  }
}
