internal import Glibc

/// The door that the suite's clients take for the local one: `LEANTO_LISTENER`, by default `local`.
package enum ListenerUnderTest: String, Sendable {
  case local
  /// Leanto's own gateway through TLS: the same bytes, encrypted on their way.
  case lan

  package static let chosen = environmentValue("LEANTO_LISTENER").map { ListenerUnderTest(rawValue: $0)! } ?? .local

  /// What a service is told of the client's connection.
  package var scheme: String { self == .lan ? "https" : "http" }
}

/// Tests/TLSBridge as a process: in the clear at one port, encrypted to another.
final class TLSBridge: Sendable {
  let target: UInt16
  private let process: EngineProcess

  init(from port: UInt16) throws {
    target = try WireSocket.freePort()
    process = try EngineProcess(
      [productPath("TLSBridge"), "\(port)", "\(target)"], folder: try makeScratchFolder())
  }
}

/// A program that was built beside the tests.
func productPath(_ name: String) -> String {
  var buffer = [CChar](repeating: 0, count: 4096)
  let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
  let own = latin1(buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) })
  return own.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/" + name
}
