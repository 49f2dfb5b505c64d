package import Model

/// Sends HTTP/1.1 requests over TCP, TLS and unix sockets. Idle connections are kept for later requests. Its one thread starts
/// with the first request and ends with the client; without work it sleeps.
package final class HTTPClient: Sendable {
  private struct State {
    var loop: Loop?
    var lastID: TransferID = 0
  }

  /// What `send` takes for a body unless told otherwise: 16 MiB.
  package static let bodyLimit = 16 * 1024 * 1024

  private let state = Lock(State())

  package init() {}

  deinit { state.withLock { $0.loop }?.submit(.stop) }

  /// The whole answer. Cancelling the task closes the connection at once.
  package func send(_ request: ClientRequest, bodyLimit: Int = HTTPClient.bodyLimit) async throws(ClientError) -> ClientResponse {
    let stream = try await stream(request)
    var body: [UInt8] = []
    for try await piece in stream {
      guard body.count + piece.count <= bodyLimit else {
        stream.cancel()
        throw .tooLarge(limit: bodyLimit)
      }
      body += piece
    }
    return ClientResponse(head: stream.head, body: body)
  }

  /// The answer's head, with the body to be read piece by piece. At most 64 KiB and a piece wait for a slow reader; then the
  /// server is slowed down. Dropping the stream, or cancelling the task that reads it, closes the connection at once.
  package func stream(_ request: ClientRequest) async throws(ClientError) -> ClientStream {
    let line = try open { .send($0, request, $1) }
    return ClientStream(head: try await line.head(), line: line)
  }

  /// Whether something accepts connections at `address`: connects and closes again.
  package func reach(_ address: Address, within limit: Duration = .seconds(5)) async throws(ClientError) {
    let request = ClientRequest(at: address, target: "/", timeouts: ClientTimeouts(connect: limit, total: limit))
    try await connect(request).cancel()
  }

  /// A bare connection to where the request would go.
  func connect(_ request: ClientRequest) async throws(ClientError) -> Line {
    guard request.scheme == .http else { throw .invalidRequest("a bare connection is not encrypted") }
    let line = try open { .connect($0, request, $1) }
    _ = try await line.head()
    return line
  }

  private func open(_ command: (TransferID, Inflow) -> Command) throws(ClientError) -> Line {
    let (loop, id) = try state.withLock { state throws(ClientError) in
      if state.loop == nil { state.loop = try Loop.start() }
      state.lastID += 1
      return (state.loop!, state.lastID)
    }
    let inflow = Inflow(resume: { loop.submit(.resume(id)) })
    if !loop.submit(command(id, inflow)) { inflow.finish(.cancelled) }
    return Line(client: self, loop: loop, id: id, inflow: inflow)
  }
}
