/// Names a transfer or a connection for as long as the client lives.
typealias TransferID = UInt64

/// What other threads ask of the loop.
enum Command: Sendable {
  /// A request whose answer goes into the inflow.
  case send(TransferID, ClientRequest, Inflow)
  /// A bare connection to where the request would go, for a protocol that starts as HTTP and goes on as something else.
  case connect(TransferID, ClientRequest, Inflow)
  /// Calls `done` when the bytes were handed to the system, or will never be.
  case write(TransferID, [UInt8], done: @Sendable (ClientError?) -> Void)
  /// There is room in the inflow again.
  case resume(TransferID)
  /// Closes the connection at once. One that is over already is no error.
  case cancel(TransferID)
  case stop
}
