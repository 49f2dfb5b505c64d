import FoundationEssentials
import Logging
import TestSupport

let silentLogger = Logger(label: "test") { _, _, _, _ in }

/// A new folder, removed after `body`.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = try newSocketFolder()
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  let folder = try newSocketFolder()
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try await body(folder)
}

func read(_ path: String) throws -> String { String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self) }
