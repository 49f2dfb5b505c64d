/// One transfer or connection as its user holds it. It ends with the last reference, and keeps the client alive until then.
final class Line: Sendable {
  private let client: HTTPClient
  private let loop: Loop
  private let id: TransferID
  private let inflow: Inflow

  init(client: HTTPClient, loop: Loop, id: TransferID, inflow: Inflow) {
    self.client = client
    self.loop = loop
    self.id = id
    self.inflow = inflow
  }

  deinit { loop.submit(.cancel(id)) }

  func cancel() {
    inflow.finish(.cancelled)
    loop.submit(.cancel(id))
  }

  func head() async throws(ClientError) -> ResponseHead {
    try await withTaskCancellationHandler {
      await inflow.head()
    } onCancel: {
      cancel()
    }.get()
  }

  /// Nil at the end.
  func next() async throws(ClientError) -> [UInt8]? {
    try await withTaskCancellationHandler {
      await inflow.next()
    } onCancel: {
      cancel()
    }.get()
  }

  /// Returns when the system has taken the bytes. Only for a bare connection.
  func write(_ bytes: [UInt8]) async throws(ClientError) {
    let error: ClientError? = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isSent = loop.submit(.write(id, bytes, done: { continuation.resume(returning: $0) }))
        if !isSent { continuation.resume(returning: .cancelled) }
      }
    } onCancel: {
      cancel()
    }
    // A connection that was gone before knows better why.
    if let error { throw inflow.failure ?? error }
  }
}
