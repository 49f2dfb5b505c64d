/// One request at an upstream, in the hands of its script.
package final class UpstreamExchange {
  package private(set) var request: RecordedRequest
  package private(set) var isOver = false
  private let index: Int
  private let reader: MessageReader
  private let recording: Monitor<ScriptedUpstream.Recording>
  private var body: BodyReader

  init(_ request: RecordedRequest, _ index: Int, _ reader: MessageReader, _ recording: Monitor<ScriptedUpstream.Recording>) throws
  {
    self.request = request
    self.index = index
    self.reader = reader
    self.recording = recording
    body = BodyReader(try request.head.statedFraming() ?? .none)
    record()
  }

  /// The socket, for what a script does from other threads.
  package var socket: WireSocket { reader.socket }
  /// How many requests came before this one on all connections.
  package var number: Int { index }

  package func send(_ text: String, _ deadline: Deadline = .patient) throws { try socket.send(octets(text), deadline) }
  package func send(_ bytes: [UInt8], _ deadline: Deadline = .patient) throws { try socket.send(bytes, deadline) }

  /// Reads the whole body, then answers with Content-Length. A HEAD gets the head alone.
  package func answer(_ status: String = "200 OK", _ fields: [String] = [], body: String = "ok") throws {
    try finishReading()
    let lines = (["HTTP/1.1 \(status)", "Content-Length: \(body.unicodeScalars.count)"] + fields).map { $0 + "\r\n" }
    try send(lines.joined() + "\r\n" + (request.method == "HEAD" ? "" : body))
  }

  /// The head of a chunked answer.
  package func beginChunked(_ fields: String...) throws {
    try send((["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"] + fields).map { $0 + "\r\n" }.joined() + "\r\n")
  }

  package func chunk(_ text: String) throws {
    try send(String(text.unicodeScalars.count, radix: 16) + "\r\n" + text + "\r\n")
  }

  package func endChunks() throws { try send("0\r\n\r\n") }

  /// The next bytes of the request's body; nil at its end.
  package func bodyPiece(_ deadline: Deadline = .patient) throws -> [UInt8]? {
    let piece = try body.piece(from: reader, deadline)
    request.body += piece ?? []
    request.trailers = body.trailers
    record()
    return piece
  }

  /// How many bytes of the body came next, without keeping them; nil at its end. For bodies too large to record.
  package func discardedPiece() throws -> Int? { try body.piece(from: reader, .patient)?.count }

  package func finishReading() throws { while try bodyPiece() != nil {} }

  /// Raw bytes, after an upgrade.
  package func bytes(_ count: Int, _ deadline: Deadline = .patient) throws -> [UInt8] {
    try reader.exactly(count, deadline, for: "\(count) bytes")
  }

  /// Sends back whatever comes, until the gateway ends its side.
  package func echo() throws {
    isOver = true
    while try !reader.waiting.isEmpty || reader.fill(.patient, for: "bytes to echo") {
      try send(reader.take(reader.waiting.count))
    }
  }

  /// Waits until the gateway ends or resets the connection, and says how.
  @discardableResult
  package func peerEnd(_ deadline: Deadline = .patient) throws -> (bytes: [UInt8], wasReset: Bool) { try reader.rest(deadline) }

  /// An orderly end; the connection takes no more requests.
  package func close() {
    isOver = true
    socket.interrupt()
    socket.close()
  }

  package func reset() {
    isOver = true
    socket.reset()
  }

  /// Both ends send what they like from here on (after a 101, or where a script keeps the connection to its own end).
  package func keep() { isOver = true }

  private func record() {
    if body.isFinished { request.isComplete = true }
    recording.change { [request, index] in $0.requests[index] = request }
  }
}
