import Glibc
import Model
import TestSupport
import Testing

@testable import Logging

@Suite("Loggers")
struct LoggerTests {
  @Test("records below the level are not made")
  func level() {
    let seen = Lock<[String]>([])
    let logger = Logger(label: "test", level: .warning) { level, _, message, _ in
      seen.withLock { $0.append("\(level) \(message)") }
    }
    logger.debug("one")
    logger.info("two")
    logger.warning("three")
    logger.error("four")
    #expect(seen.withLock { $0 } == ["warning three", "error four"])
  }

  @Test("a file gets the label that the logger has now")
  func labelled() throws {
    let folder = try ScratchFolder("logger")
    let logger = Logger.file(RotatingFile(path: folder.path + "/a.log"), label: "daemon", format: .json)
    logger.labelled("services").info("It started", ["pid": "7"])
    #expect(folder.text("a.log")?.hasSuffix(#","label":"services","message":"It started","pid":"7"}"# + "\n") == true)
  }

  @Test("a descriptor gets whole lines, however many write")
  func descriptor() async throws {
    let folder = try ScratchFolder("logger")
    let number = unsafe open(folder.path + "/out", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(number) }
    let logger = Logger.descriptor(number, label: "test")
    await withDiscardingTaskGroup { group in
      for writer in 0..<8 { group.addTask { for _ in 0..<50 { logger.info("A record", ["writer": "\(writer)"]) } } }
    }
    let lines = folder.text("out")?.split(separator: "\n") ?? []
    #expect(lines.count == 400)
    #expect(lines.allSatisfy { $0.contains("info  test: A record writer=") })
  }

  @Test("a lock lets one thread in at a time")
  func lock() async {
    let lock = Lock(0)
    await withDiscardingTaskGroup { group in
      for _ in 0..<8 { group.addTask { for _ in 0..<1000 { lock.withLock { $0 += 1 } } } }
    }
    #expect(lock.withLock { $0 } == 8000)
  }
}
