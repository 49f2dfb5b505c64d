internal import Glibc

/// An empty folder of its own, gone with its last owner.
package final class ScratchFolder: Sendable {
  package let path: String

  package init(_ name: String = "scratch") throws {
    let template = (environmentValue("TMPDIR") ?? "/tmp") + "/leanto-\(name)-XXXXXX"
    var bytes = template.utf8.map { CChar(bitPattern: $0) } + [0]
    guard unsafe mkdtemp(&bytes) != nil else { throw WireError.system(call: "mkdtemp", code: errno) }
    path = String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { removeTree(path) }

  /// Nil where there is no such file.
  package func text(_ name: String) -> String? { readText("\(path)/\(name)") }

  /// Returns the path.
  @discardableResult
  package func write(_ name: String, _ text: String, mode: UInt32 = 0o600) throws -> String {
    try writeText(text, to: "\(path)/\(name)", mode: mode)
    unsafe chmod("\(path)/\(name)", mode)
    return "\(path)/\(name)"
  }

  @discardableResult
  package func folder(_ name: String) throws -> String {
    try makeFolder("\(path)/\(name)")
    return "\(path)/\(name)"
  }
}

/// Looks again and again until `condition` holds. False: it did not within `seconds`.
package func becomesTrue(within seconds: Double = 20, _ condition: () async throws -> Bool) async rethrows -> Bool {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < deadline {
    if try await condition() { return true }
    try? await Task.sleep(for: .milliseconds(10))
  }
  return try await condition()
}
