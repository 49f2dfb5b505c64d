@testable import HTTP2

/// A session with a gateway behind it that answers each request once it is whole, and a client that speaks in frames.
final class Wire {
  let session: HTTP2Session
  private(set) var frames: [Frame] = []
  /// What the gateway read, by stream.
  private(set) var requests: [Int32: String] = [:]
  private(set) var events: [HTTP2Session.Event] = []
  var reads = true
  /// Nil: the gateway says nothing.
  var answer: String? = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
  private var answered: Set<Int32> = []

  init(settings: [(UInt16, UInt32)] = []) throws {
    guard let session = HTTP2Session() else { throw NoSession() }
    self.session = session
    feed(Frame.preface + Frame.settings(settings).bytes + Frame.settings(isAck: true).bytes)
  }

  struct NoSession: Error {}

  func send(_ frames: Frame...) { for frame in frames { feed(frame.bytes) } }

  func feed(_ bytes: [UInt8]) {
    session.receive(bytes.span)
    turn()
  }

  /// As an event loop does: what happened, then what is to be sent.
  func turn() {
    for _ in 0..<3 {
      for event in session.takeEvents() {
        events.append(event)
        act(event)
      }
      flush()
    }
  }

  private func act(_ event: HTTP2Session.Event) {
    switch event {
    case .opened(let number), .readable(let number):
      guard reads else { return }
      read(number)
    case .drained: break
    case .failed(let number): session.close(number)
    }
  }

  func read(_ number: Int32) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case .bytes(let count) = session.read(number, into: &buffer, at: 0) {
      requests[number, default: ""] += String(decoding: buffer[..<count], as: UTF8.self)
    }
    if session.read(number, into: &buffer, at: 0) == .end { return session.close(number) }
    let isWhole = session.streams[number]?.requestIsDone ?? false
    guard isWhole, let answer, answered.insert(number).inserted else { return }
    session.write(number, Array(answer.utf8).span)
  }

  /// As the gateway writes.
  func write(_ number: Int32, _ bytes: [UInt8]) {
    let span = bytes.span
    session.write(number, span)
  }

  func flush() {
    var bytes: [UInt8] = []
    while session.takeFrames(1 << 20, { piece in for i in piece.indices { bytes.append(piece[i]) } }) {}
    frames += Frame.read(bytes)
  }

  /// Frames of one stream.
  func frames(_ stream: UInt32) -> [Frame] { frames.filter { $0.stream == stream } }

  /// The content that came on a stream.
  func content(_ stream: UInt32) -> String {
    String(decoding: frames(stream).filter { $0.type == 0 }.flatMap(\.payload), as: UTF8.self)
  }

  var goodbye: UInt32? { frames.last { $0.type == 7 }?.code }
  func reset(_ stream: UInt32) -> UInt32? { frames(stream).last { $0.type == 3 }?.code }
  func isAnswered(_ stream: UInt32) -> Bool { frames(stream).contains { $0.isLast } }
}
