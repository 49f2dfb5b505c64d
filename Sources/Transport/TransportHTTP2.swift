import HTTP2
import TLS

/// What is known of a connection from its accepting on, for the streams that may be opened on it.
final class Carrier {
  let listener: Int
  let high: UInt64
  let low: UInt64
  /// Nil while it speaks HTTP/1.1, or nothing yet.
  var session: HTTP2Session?
  var streams: [Int32: ConnectionID] = [:]
  /// In the list of those that may have frames to send.
  var isListed = false

  init(listener: Int, high: UInt64, low: UInt64) {
    self.listener = listener
    self.high = high
    self.low = low
  }
}

/// Where a stream is.
struct StreamPlace {
  var carrier: ConnectionID
  var session: HTTP2Session
  var number: Int32
}

/// Events in the order in which they came up.
struct OwedEvents {
  private var events: [TransportEvent] = []
  private var next = 0

  var isEmpty: Bool { next == events.count }

  mutating func append(_ event: TransportEvent) { events.append(event) }

  mutating func take() -> TransportEvent? {
    guard next < events.count else { return nil }
    defer {
      next += 1
      if next == events.count {
        events.removeAll(keepingCapacity: events.capacity <= 4096)
        next = 0
      }
    }
    return events[next]
  }
}

// Connections that speak HTTP/2. Each of their streams is a connection to the owner: it reads a request of HTTP/1.1 from it, writes
// the response, pauses and closes it. Frames go out together, before the loop waits.

extension Transport {
  /// It is a stream on another connection.
  package func isStream(_ id: ConnectionID) -> Bool { isOpen(id) && sockets[id.index].layer == .stream }

  /// Streams that are open on a connection with HTTP/2.
  package func streamCount(_ id: ConnectionID) -> Int { isOpen(id) ? sockets[id.index].carrier?.streams.count ?? 0 : 0 }

  /// Tells the client of a connection with HTTP/2 to open no more streams.
  package mutating func leave(_ id: ConnectionID) {
    guard isOpen(id), let session = sockets[id.index].carrier?.session else { return }
    session.leave()
    list(id)
  }

  /// The handshake is done and chose HTTP/2.
  mutating func becomesCarrier(_ id: ConnectionID) -> Bool {
    guard sockets[id.index].carrier != nil, let tls = sockets[id.index].session, tls.isEstablished else { return false }
    guard tls.speaksHTTP2, let session = HTTP2Session() else {
      // Asked once: from now on it is a connection with TLS and nothing more.
      sockets[id.index].carrier = nil
      return false
    }
    sockets[id.index].layer = .carrier
    sockets[id.index].carrier?.session = session
    owed.append(.carries(id))
    list(id)
    return true
  }

  mutating func receiveFrames(_ id: ConnectionID, _ read: ReadOutcome, _ buffer: Span<UInt8>, at offset: Int) -> ReadOutcome {
    guard case .bytes(let count) = read, let session = sockets[id.index].carrier?.session else { return read }
    session.receive(buffer.extracting(offset..<offset + count))
    tell(id)
    list(id)
    return session.isOver ? .end : .wouldBlock
  }

  /// Hands on what the session noted.
  private mutating func tell(_ id: ConnectionID) {
    guard let carrier = sockets[id.index].carrier, let session = carrier.session else { return }
    for event in session.takeEvents() {
      switch event {
      case .opened(let number):
        let stream = addStream(StreamPlace(carrier: id, session: session, number: number))
        carrier.streams[number] = stream
        owed.append(.accepted(stream, listener: carrier.listener, high: carrier.high, low: carrier.low))
        owed.append(.readable(stream))
      case .readable(let number): if let stream = carrier.streams[number] { owed.append(.readable(stream)) }
      case .drained(let number): if let stream = carrier.streams[number] { owed.append(.drained(stream)) }
      case .failed(let number): if let stream = carrier.streams[number] { owed.append(.failed(stream)) }
      }
    }
  }

  /// Nil: nobody is there any more to be told, or somebody who does not want to know now.
  mutating func nextOwed() -> TransportEvent? {
    guard let event = owed.take() else { return nil }
    switch event {
    case .accepted(let id, _, _, _), .drained(let id), .failed(let id), .carries(let id), .connected(let id):
      return isOpen(id) ? event : nil
    case .carriesNothing(let id): return isOpen(id) && streamCount(id) == 0 ? event : nil
    case .readable(let id): return isOpen(id) && !sockets[id.index].isPaused ? event : nil
    case .awoken: return event
    }
  }
}

// MARK: Streams

extension Transport {
  mutating func readStream(_ id: ConnectionID, into buffer: inout [UInt8], at offset: Int) -> ReadOutcome {
    guard let place = sockets[id.index].place else { return .failed }
    let read = place.session.read(place.number, into: &buffer, at: offset)
    // The client's window has opened.
    list(place.carrier)
    switch read {
    case .bytes(let count):
      if place.session.isReadable(place.number) { owed.append(.readable(id)) }
      return .bytes(count)
    case .end: return .end
    case .wouldBlock: return .wouldBlock
    case .failed: return .failed
    }
  }

  mutating func writeStream(_ id: ConnectionID, _ bytes: Span<UInt8>) {
    guard let place = sockets[id.index].place else { return }
    place.session.write(place.number, bytes)
    list(place.carrier)
  }

  func pendingOfStream(_ id: ConnectionID) -> Int {
    guard let place = sockets[id.index].place else { return 0 }
    return place.session.pending(place.number)
  }

  mutating func resumeStream(_ id: ConnectionID) {
    guard let place = sockets[id.index].place, place.session.isReadable(place.number) else { return }
    owed.append(.readable(id))
  }

  mutating func finishStream(_ id: ConnectionID) {
    guard let place = sockets[id.index].place else { return }
    place.session.finish(place.number)
    list(place.carrier)
  }

  mutating func closeStream(_ id: ConnectionID) {
    guard let place = sockets[id.index].place else { return }
    place.session.close(place.number)
    guard isOpen(place.carrier), let carrier = sockets[place.carrier.index].carrier else { return }
    carrier.streams[place.number] = nil
    if carrier.streams.isEmpty { owed.append(.carriesNothing(place.carrier)) }
    list(place.carrier)
  }

  /// The connection ends: its streams have failed.
  mutating func endStreams(_ id: ConnectionID) {
    guard let carrier = sockets[id.index].carrier else { return }
    carrier.session?.leave()
    for (_, stream) in carrier.streams { owed.append(.failed(stream)) }
  }
}

// MARK: Frames

extension Transport {
  /// More than this waiting for the client's socket, and frames wait in their streams, where they are counted.
  private static var enough: Int { 128 * 1024 }

  private mutating func list(_ id: ConnectionID) {
    guard isOpen(id), let carrier = sockets[id.index].carrier, !carrier.isListed else { return }
    carrier.isListed = true
    unsent.append(id)
  }

  /// Sends what all connections with HTTP/2 have to say.
  mutating func sendFrames() {
    let listed = unsent
    unsent.removeAll(keepingCapacity: true)
    for id in listed where isOpen(id) { sendFrames(id) }
  }

  mutating func sendFrames(_ id: ConnectionID) {
    guard let carrier = sockets[id.index].carrier, let session = carrier.session else { return }
    carrier.isListed = false
    // One piece to seal: many small frames would be as many records.
    var frames: [UInt8] = []
    while sockets[id.index].output.count < Self.enough {
      let isMore = session.takeFrames(64 * 1024) { frame in
        unsafe frame.withUnsafeBufferPointer { unsafe frames.append(contentsOf: $0) }
      }
      if frames.isEmpty { break }
      writeSecure(id, frames.span)
      frames.removeAll(keepingCapacity: true)
      if !isMore { break }
    }
    tell(id)
    // Reading it once more gives its end.
    if session.isOver { owed.append(.readable(id)) }
  }
}
