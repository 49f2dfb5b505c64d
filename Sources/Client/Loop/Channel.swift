/// A bare connection: bytes in, bytes out. Used on the loop's thread only.
struct Channel {
  let place: String
  private(set) var deadlines: Deadlines
  private(set) var isOver = false
  private let socket: Socket
  private let inflow: Inflow
  private var outgoing: [(bytes: ArraySlice<UInt8>, done: @Sendable (ClientError?) -> Void)] = []

  init(socket: Socket, inflow: Inflow, deadlines: Deadlines, place: String) {
    self.socket = socket
    self.inflow = inflow
    self.deadlines = deadlines
    self.place = place
  }

  /// What to wait for. Nothing is read while the reader has no room.
  var interest: Interest? {
    Interest(descriptor: socket.descriptor, reads: inflow.hasRoom(), writes: !outgoing.isEmpty)
  }

  mutating func write(_ bytes: [UInt8], _ done: @escaping @Sendable (ClientError?) -> Void) {
    outgoing.append((bytes[...], done))
  }

  /// Reads and writes what can be without waiting.
  mutating func advance() {
    flush()
    while !isOver, inflow.hasRoom() {
      switch socket.read() {
      case .bytes(let bytes):
        deadlines.lastByte = .now
        _ = inflow.push(bytes)
      case .wouldWait: return
      case .ended: end(nil)
      case .failed: end(.closedEarly(by: place))
      }
    }
  }

  mutating func end(_ error: ClientError?) {
    guard !isOver else { return }
    isOver = true
    inflow.finish(error)
    for entry in outgoing { entry.done(error ?? .closedEarly(by: place)) }
    outgoing = []
  }

  private mutating func flush() {
    while !isOver, let first = outgoing.first {
      switch socket.write(first.bytes) {
      case .taken(let count) where count == first.bytes.count:
        outgoing.removeFirst()
        first.done(nil)
      case .taken(let count): outgoing[0].bytes = first.bytes.dropFirst(count)
      case .wouldWait: return
      case .failed: end(.closedEarly(by: place))
      }
    }
  }
}
