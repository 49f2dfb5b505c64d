import Glibc
import HTTP2
package import TLS

// Connections whose bytes are encrypted on the way. To the owner they are like others: what is read was opened, what is written
// will be sealed.

extension Transport {
  /// From now on new connections of that listener are encrypted; those that are open stay as they are.
  package mutating func secure(listener number: Int, with context: TLSContext) { contexts[number] = context }

  mutating func secure(_ id: ConnectionID, listener number: Int, high: UInt64, low: UInt64) {
    guard let context = contexts[number] else { return }
    // Without memory for a session the connection must not be a plain one.
    guard let session = TLSSession(context, wire) else { return broken.append(id) }
    sockets[id.index].layer = .secure
    sockets[id.index].session = session
    sockets[id.index].carrier = Carrier(listener: number, high: high, low: low)
  }

  mutating func readLayered(_ id: ConnectionID, into buffer: inout [UInt8], at offset: Int) -> ReadOutcome {
    if sockets[id.index].layer == .stream { return readStream(id, into: &buffer, at: offset) }
    if let session = sockets[id.index].carrier?.session, session.isOver { return .end }
    let outcome = readSecure(id, into: &buffer, at: offset)
    if sockets[id.index].layer == .secure, !becomesCarrier(id) { return outcome }
    guard sockets[id.index].layer == .carrier else { return outcome }
    return receiveFrames(id, outcome, buffer.span, at: offset)
  }

  private mutating func readSecure(_ id: ConnectionID, into buffer: inout [UInt8], at offset: Int) -> ReadOutcome {
    guard let session = sockets[id.index].session else { return .failed }
    if let end = session.end { return end == .end ? .end : .failed }
    if !session.hasRest {
      let descriptor = sockets[id.index].descriptor
      let count = unsafe wire.fill { room in unsafe recv(descriptor, room.baseAddress, room.count, 0) }
      if count == 0 { return .end }
      if count < 0 { return errno == EAGAIN || errno == EINTR ? .wouldBlock : .failed }
    }
    let read = session.read(into: &buffer, at: offset)
    sendSealed(id)
    return outcome(read, id)
  }

  private mutating func outcome(_ read: TLSSession.Read, _ id: ConnectionID) -> ReadOutcome {
    if read.count > 0 {
      noteUnread(id)
      return .bytes(read.count)
    }
    switch read.outcome {
    case .open: return .wouldBlock
    case .end: return .end
    case .failed: return .failed
    case .plaintext:
      sockets[id.index].layer = .none
      sockets[id.index].session = nil
      sockets[id.index].carrier = nil
      return .plaintext
    }
  }

  mutating func writeLayered(_ id: ConnectionID, _ bytes: Span<UInt8>) {
    switch sockets[id.index].layer {
    case .stream: writeStream(id, bytes)
    case .secure, .carrier: writeSecure(id, bytes)
    case .none: break
    }
  }

  mutating func writeSecure(_ id: ConnectionID, _ bytes: Span<UInt8>) {
    guard let session = sockets[id.index].session else { return }
    session.send(bytes)
    sendSealed(id)
  }

  /// True: nothing is to be done with a socket.
  mutating func finishLayered(_ id: ConnectionID) -> Bool {
    if sockets[id.index].layer == .stream {
      finishStream(id)
      return true
    }
    finishSecure(id)
    return false
  }

  mutating func finishSecure(_ id: ConnectionID) {
    if sockets[id.index].layer == .carrier { sendFrames(id) }
    sockets[id.index].session?.finish()
    sendSealed(id)
  }

  mutating func closeLayered(_ id: ConnectionID, resets: Bool) {
    if sockets[id.index].layer == .stream { return closeStream(id) }
    if sockets[id.index].layer == .carrier { endStreams(id) }
    if !resets { finishSecure(id) }
  }

  mutating func noteUnread(_ id: ConnectionID) {
    if let session = sockets[id.index].session, session.hasRest || session.end != nil { unread.append(id) }
  }

  private mutating func sendSealed(_ id: ConnectionID) {
    guard wire.sealedBytes > 0 else { return }
    wire.takeSealed { bytes in writePlain(id, bytes) }
  }
}
