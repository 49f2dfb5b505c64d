package import Model

/// How probes reach the outside. Given by the wiring, so that this target needs no socket and no process of its own. Each function
/// stops when its task is cancelled: that is the time-out.
package struct Probes: Sendable {
  /// GET `path`. Throws where no answer came; a `CannotCheck` where that is this machine's fault.
  package var http: @Sendable (_ address: Address, _ path: String) async throws -> (status: Int, body: [UInt8])
  /// Returns once a connection was accepted.
  package var connect: @Sendable (_ address: Address) async throws -> Void
  /// Returns the exit status of a command that is run with the service's environment and directory.
  package var command: @Sendable (_ command: [String], _ service: NativeService) async throws -> Int32

  package init(
    http: @escaping @Sendable (_ address: Address, _ path: String) async throws -> (status: Int, body: [UInt8]),
    connect: @escaping @Sendable (_ address: Address) async throws -> Void,
    command: @escaping @Sendable (_ command: [String], _ service: NativeService) async throws -> Int32
  ) {
    self.http = http
    self.connect = connect
    self.command = command
  }
}
