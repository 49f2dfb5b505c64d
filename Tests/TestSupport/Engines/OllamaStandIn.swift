internal import Glibc

/// Tests/StandIns/ollama, running; ended with its last owner.
package final class OllamaStandIn: Sendable {
  package let port: UInt16
  package let process: EngineProcess

  package var address: String { "http://127.0.0.1:\(port)" }

  /// Python is on this machine.
  package static let canRun = (environmentValue("PATH") ?? "").split(separator: ":").contains {
    unsafe access("\($0)/python3", X_OK) == 0
  }

  package static let program: String = {
    let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    return tests + "/StandIns/ollama/ollama.py"
  }()

  /// `options`: see the program's --help. `prefix` is put before the command, to run it elsewhere; `host`: where it listens.
  package init(_ options: [String] = [], host: String = "127.0.0.1", port: UInt16 = 0, prefix: [String] = []) async throws {
    let folder = try makeScratchFolder()
    let command = prefix + ["/usr/bin/env", "python3", "-B", Self.program, "--listen", "\(host):\(port)"] + options
    process = try EngineProcess(command, folder: folder)
    self.port = try await Self.port(of: process)
  }

  deinit { process.remove() }

  /// Waits without holding a thread: there are as few of them as cores, and other tests wait with deadlines.
  private static func port(of process: EngineProcess) async throws -> UInt16 {
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
      let line = process.output.split(separator: "\n").first { $0.hasPrefix("listening ") }
      if let line, process.output.contains("\n"), let port = line.split(separator: ":").last.flatMap({ UInt16($0) }) {
        return port
      }
      guard process.exitStatus(.seconds(0)) == nil else { break }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw WireError.malformed("the stand-in for Ollama did not start: \(process.output)")
  }

  /// Starts anew, with what `state` (JSON) says.
  package func reset(_ state: String = "{}") throws {
    let connection = try RawConnection(port: port)
    try connection.send(
      "POST /stand-in/state HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(state.utf8.count)\r\n\r\n\(state)")
    let response = try connection.response(to: "POST")
    guard response.status == 200 else { throw WireError.malformed("the stand-in's state: \(response.text)") }
  }

  /// What came in since the start, as JSON.
  package func requests() throws -> String {
    let connection = try RawConnection(port: port)
    try connection.send("GET /stand-in/requests HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return try connection.response().text
  }
}
