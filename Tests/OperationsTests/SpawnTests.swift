import Glibc
import Model
import TestSupport
import Testing

@testable import Operations

@Suite("Starting processes")
struct SpawnTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder("spawn") }

  /// Runs a shell script to its end and returns what it printed.
  private func output(_ script: String, environment: [String: String] = ["PATH": "/usr/bin:/bin"]) async throws -> String {
    let file = try #require(Descriptor(opening: folder.path + "/out", O_RDWR | O_CREAT | O_TRUNC))
    let process = try Spawn.start(
      "/bin/sh", ["sh", "-c", script], environment: environment, directory: folder.path, output: file)
    #expect(await becomesTrue { Spawn.end(of: process) != nil })
    Spawn.reap(process)
    return folder.text("out") ?? ""
  }

  @Test("a process has its own group, its directory, no input, both outputs, and only the environment it was given")
  func surroundings() async throws {
    let folderPath = try #require(SmallFile.target(ofLink: "/proc/self/cwd").map { _ in folder.path })
    let text = try await output(
      "pwd; cat; echo error >&2; ps -o pgid= -p $$ | tr -d ' '; echo $$; env | sort", environment: ["A": "b"])
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.prefix(2) == [folderPath, "error"])
    #expect(lines[2] == lines[3])
    #expect(lines.dropFirst(4).allSatisfy { $0 == "A=b" || $0.hasPrefix("PWD=") || $0.hasPrefix("_=") || $0.hasPrefix("OLDPWD") })
    #expect(lines.contains("A=b"))
  }

  @Test("no descriptor of ours is handed down, close-on-exec or not")
  func descriptors() async throws {
    let leaky = unsafe open("/dev/null", O_RDONLY)
    defer { close(leaky) }
    #expect(try await output("ls /proc/self/fd | wc -l").split(separator: "\n") == ["4"])
  }

  @Test("signals are neither blocked nor ignored")
  func signals() async throws {
    let lines = try await output("grep -E 'Sig(Blk|Ign)' /proc/self/status").split(separator: "\n")
    #expect(lines.count == 2)
    // 32 and 33 are the C library's own: its posix_spawn ignores them in the child until that one's library takes them.
    let ownByLibrary: UInt64 = 0b11 << 31
    #expect(lines.allSatisfy { line in UInt64(line.suffix(16), radix: 16).map { $0 & ~ownByLibrary == 0 } ?? false })
  }

  @Test("an end is told and stays until it is let go")
  func ends() async throws {
    for (script, expected) in [("exit 7", ProcessEnd.exited(status: 7)), ("kill -9 $$", .killed(signal: 9))] {
      let process = try Spawn.start("/bin/sh", ["sh", "-c", script], environment: [:], directory: "/", output: nil)
      #expect(await becomesTrue { Spawn.end(of: process) != nil })
      #expect(Spawn.end(of: process) == expected)
      #expect(ProcessTable.entry(process)?.isZombie == true)
      Spawn.reap(process)
      #expect(ProcessTable.entry(process) == nil)
    }
  }
}
