import Glibc
import Model
import TestSupport
import Testing

@testable import Operations

@Suite("What /proc tells")
struct ProcessTableTests {
  private static let rest = "1 100 90 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4242 1 2 3"

  @Test("zombies are told apart", arguments: [("Z", true), ("X", true), ("S", false), ("R", false), ("D", false)])
  func zombies(letter: String, expected: Bool) {
    #expect(ProcessEntry(line: "77 (sh) \(letter) \(Self.rest)")?.isZombie == expected)
  }

  @Test("this process is in the table, with its parent and its boot")
  func own() {
    #expect(ProcessTable.entry(getpid())?.parent == getppid())
    #expect(ProcessTable.all().contains { $0.identifier == getpid() })
    #expect(ProcessTable.entry(Int32.max) == nil)
    #expect(ProcessTable.bootIdentifier.utf8.count == 36)
  }
}

@Suite("Which processes belong to a start")
struct ProcessGroupTests {
  private func entry(_ identifier: Int32, group: Int32, startTime: UInt64 = 10, state: String = "S") -> ProcessEntry {
    ProcessEntry(line: "\(identifier) (x) \(state) 1 \(group) 1 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 \(startTime) 1")!
  }

  private func members(_ group: ProcessGroup, _ table: [ProcessEntry], runs: [Int32: String] = [:]) -> [Int32] {
    group.members(in: table) { runs[$0] }.map(\.identifier)
  }

  @Test("groups 0 and 1 are never ours: they are the kernel's and everyone's", arguments: [0, 1, -1] as [Int32])
  func dangerousNumbers(leader: Int32) {
    let table = [entry(2, group: 0), entry(1, group: 1), entry(50, group: leader), entry(51, group: 51)]
    for isChild in [false, true] {
      let group = ProcessGroup(leader: leader, startTime: 10, run: "abc", isChild: isChild)
      #expect(members(group, table) == [])
      #expect(members(group, table, runs: [51: "abc"]) == [51])
    }
  }

  @Test("a signal reaches no process that only has the number")
  func signalAfterReuse() async throws {
    let process = try Spawn.start("/bin/sleep", ["sleep", "60"], environment: [:], directory: "/", output: nil)
    let real = try #require(ProcessTable.entry(process))
    ProcessGroup(leader: process, startTime: real.startTime + 1, run: "abc", isChild: false).send(SIGKILL)
    var stale = real
    stale.startTime += 1
    ProcessGroup.send(SIGKILL, to: stale)
    #expect(Spawn.end(of: process) == nil)
    ProcessGroup.send(SIGKILL, to: real)
    #expect(await becomesTrue { Spawn.end(of: process) != nil })
    #expect(Spawn.end(of: process) == .killed(signal: 9))
    Spawn.reap(process)
  }
}
