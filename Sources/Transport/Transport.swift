import CLinux
import Glibc
import TLS

/// Names a connection; a connection that was closed is never mistaken for a later one in its place.
package struct ConnectionID: Hashable, Sendable {
  /// Stored and not worked out: it is read dozens of times a request, and from another target.
  package let index: Int
  let generation: UInt32

  package init(raw: UInt64) { self.init(index: Int(raw & 0xFFFF_FFFF), generation: UInt32(raw >> 32)) }

  init(index: Int, generation: UInt32) {
    self.index = index
    self.generation = generation
  }

  package var raw: UInt64 { UInt64(generation) << 32 | UInt64(index) }
}

package enum TransportEvent {
  /// `high`, `low`: the peer's 16 bytes, IPv4 mapped into IPv6, all zero on a unix socket.
  case accepted(ConnectionID, listener: Int, high: UInt64, low: UInt64)
  case connected(ConnectionID)
  case readable(ConnectionID)
  /// Everything that waited to be sent is with the kernel.
  case drained(ConnectionID)
  /// Reset, refused, or otherwise past use.
  case failed(ConnectionID)
  /// That connection speaks HTTP/2 from now on: what is asked on it comes as connections of their own.
  case carries(ConnectionID)
  /// Nothing is asked on it any more, for now.
  case carriesNothing(ConnectionID)
  case awoken
}

package enum ReadOutcome {
  case bytes(Int)
  case end
  case wouldBlock
  case failed
  /// Something other than TLS came where TLS was due; from now on the connection is a plain one.
  case plaintext
}

/// One event loop's sockets: bytes in, bytes out, pause, resume, close. Knows nothing of what the bytes mean.
///
/// Not a callback in sight: the owner waits, takes events one by one and acts on them, so everything is an ordinary call on its
/// own thread. What cannot be sent at once is queued; the owner looks at `pending` and pauses the other side.
package struct Transport: ~Copyable {
  private let epoll: Int32
  private let wakeup: Wakeup
  var sockets: [Socket] = []
  private var free: [Int] = []
  /// For the connections with TLS; made with the first.
  let wire = TLSWire()
  /// What new connections of a listener are encrypted with. Empty: all are plain.
  var contexts: [Int: TLSContext] = [:]
  /// Encrypted connections of which opened bytes wait, because a buffer was full.
  var unread: [ConnectionID] = []
  /// What happened to streams of HTTP/2, to be told in this order.
  var owed = OwedEvents()
  /// Connections with HTTP/2 that may have frames to send.
  var unsent: [ConnectionID] = []
  private var listeners: [Int: Int32] = [:]
  private var acceptsPaused = false
  private var events = [linux_event](repeating: linux_event(), count: 256)
  private var eventCount = 0
  private var nextIndex = 0
  /// A batch of connections that is being accepted.
  private var accepting: (key: Int, left: Int)?
  /// Connections that a write found dead. The kernel tells an error once, and that write was told it.
  var broken: [ConnectionID] = []
  package private(set) var connectionCount = 0
  /// Whether the last connection could not be made because this process may have no more descriptors.
  package private(set) var lacksDescriptors = false

  package init(wakeup: Wakeup) {
    self.wakeup = wakeup
    epoll = wakeup.epoll
  }
}

// MARK: Waiting

extension Transport {
  /// Waits for events, at most `milliseconds` (-1: for ever).
  package mutating func wait(milliseconds: Int32) {
    nextIndex = 0
    if !unsent.isEmpty { sendFrames() }
    let count = unsafe linux_epoll_wait(epoll, &events, 256, hasNews ? 0 : milliseconds)
    eventCount = max(0, Int(count))
  }

  private var hasNews: Bool { !broken.isEmpty || !unread.isEmpty || !owed.isEmpty }

  /// The next event of the last wait; nil when there are no more.
  package mutating func next() -> TransportEvent? {
    while true {
      if let id = broken.popLast() {
        guard isOpen(id) else { continue }
        return .failed(id)
      }
      if let id = unread.popLast() {
        guard isOpen(id), !sockets[id.index].isPaused else { continue }
        return .readable(id)
      }
      if !owed.isEmpty {
        guard let event = nextOwed() else { continue }
        return event
      }
      if let event = acceptNext() { return event }
      guard nextIndex < eventCount else { return nil }
      let event = events[nextIndex]
      nextIndex += 1
      let key = event.key
      if key == Wakeup.key {
        wakeup.clear()
        return .awoken
      }
      if key >= Key.listener {
        accepting = (Int(key - Key.listener), 64)
        continue
      }
      if let event = translate(ConnectionID(raw: key), event.mask) { return event }
    }
  }

  private mutating func translate(_ id: ConnectionID, _ mask: UInt32) -> TransportEvent? {
    guard isOpen(id) else { return nil }
    let index = id.index
    if mask & Interest.error != 0 { return .failed(id) }
    if sockets[index].isConnecting {
      guard mask & (Interest.write | Interest.hangup) != 0 else { return nil }
      guard linux_socket_error(sockets[index].descriptor) == 0 else { return .failed(id) }
      sockets[index].isConnecting = false
      flush(id)
      return isOpen(id) ? .connected(id) : .failed(id)
    }
    if mask & Interest.write != 0 {
      // Reading comes up again at the next wait: one event a socket at a time.
      guard flush(id) else { return nil }
      if sockets[index].layer == .carrier { unsent.append(id) }
      return .drained(id)
    }
    if mask & Interest.read != 0 { return .readable(id) }
    guard mask & Interest.hangup != 0 else { return nil }
    if sockets[index].isPaused {
      // Bytes may still be waiting behind the hang-up of a unix socket: leave it until somebody reads again.
      linux_epoll_remove(epoll, sockets[index].descriptor)
      sockets[index].isDetached = true
      return nil
    }
    return .failed(id)
  }
}

// MARK: Listening

extension Transport {
  /// `number` comes back in `accepted`.
  package mutating func listen(_ socket: ListeningSocket, number: Int) {
    listeners[number] = socket.descriptor
    if !acceptsPaused { attach(socket.descriptor, number) }
  }

  /// Ends accepting there and closes the descriptor.
  package mutating func stopListening(number: Int) {
    guard let descriptor = listeners.removeValue(forKey: number) else { return }
    contexts[number] = nil
    linux_epoll_remove(epoll, descriptor)
    Glibc.close(descriptor)
  }

  /// After descriptors ran out: accepts again.
  package mutating func resumeAccepting() {
    guard acceptsPaused else { return }
    acceptsPaused = false
    for (number, descriptor) in listeners { attach(descriptor, number) }
  }

  private func attach(_ descriptor: Int32, _ number: Int) {
    // EPOLLEXCLUSIVE: of the loops that share a unix socket, one is woken.
    linux_epoll_add(epoll, descriptor, Interest.read | Interest.exclusive, Key.listener + UInt64(number))
  }

  private mutating func acceptNext() -> TransportEvent? {
    guard let batch = accepting else { return nil }
    guard batch.left > 0, let listener = listeners[batch.key] else {
      accepting = nil
      return nil
    }
    var peer = linux_peer()
    let descriptor = unsafe linux_accept(listener, &peer)
    guard descriptor >= 0 else {
      accepting = nil
      if descriptor == -EMFILE || descriptor == -ENFILE || descriptor == -ENOBUFS || descriptor == -ENOMEM { pauseAccepting() }
      return nil
    }
    accepting = (batch.key, batch.left - 1)
    let id = add(descriptor, Interest.read)
    if !contexts.isEmpty { secure(id, listener: batch.key, high: peer.high, low: peer.low) }
    return .accepted(id, listener: batch.key, high: peer.high, low: peer.low)
  }

  /// Out of descriptors: waiting connections would end every wait at once. The owner resumes after a moment.
  private mutating func pauseAccepting() {
    acceptsPaused = true
    for (_, descriptor) in listeners { linux_epoll_remove(epoll, descriptor) }
  }

  package var isAcceptingPaused: Bool { acceptsPaused }
}

// MARK: Connections

extension Transport {
  package func isOpen(_ id: ConnectionID) -> Bool {
    id.index < sockets.count && sockets[id.index].generation == id.generation && sockets[id.index].descriptor >= 0
  }

  /// Starts to connect; `connected` or `failed` follows. Bytes written meanwhile are kept. Nil: refused at once.
  package mutating func connect(_ address: UpstreamAddress) -> ConnectionID? {
    let descriptor =
      switch address.form {
      case .tcp(let numeric, let port): unsafe linux_connect_tcp(numeric, port)
      case .unix(let path): connectUnix(path)
      }
    lacksDescriptors = descriptor == -EMFILE || descriptor == -ENFILE
    guard descriptor >= 0 else { return nil }
    let id = add(descriptor, Interest.read | Interest.write)
    sockets[id.index].isConnecting = true
    return id
  }

  private func connectUnix(_ path: String) -> Int32 {
    let short = ShortPath(path)
    defer { short.close() }
    return unsafe linux_connect_unix(short.path)
  }

  private mutating func add(_ descriptor: Int32, _ interest: UInt32) -> ConnectionID {
    let index = free.popLast() ?? sockets.count
    if index == sockets.count { sockets.append(Socket()) }
    sockets[index].open(descriptor, interest)
    let id = ConnectionID(index: index, generation: sockets[index].generation)
    linux_epoll_add(epoll, descriptor, interest, id.raw)
    connectionCount += 1
    return id
  }

  /// Reads what there is into `buffer` from `offset` on.
  package mutating func read(_ id: ConnectionID, into buffer: inout [UInt8], at offset: Int) -> ReadOutcome {
    guard isOpen(id) else { return .failed }
    if sockets[id.index].layer != .none { return readLayered(id, into: &buffer, at: offset) }
    let descriptor = sockets[id.index].descriptor
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      unsafe recv(descriptor, bytes.baseAddress.map { unsafe $0 + offset }, bytes.count - offset, 0)
    }
    if count > 0 { return .bytes(count) }
    if count == 0 { return .end }
    return errno == EAGAIN || errno == EINTR ? .wouldBlock : .failed
  }

  /// Sends now what the kernel takes and queues the rest. A dead peer shows as `failed` later.
  package mutating func write(_ id: ConnectionID, _ bytes: Span<UInt8>) {
    guard bytes.count > 0, isOpen(id) else { return }
    if sockets[id.index].layer != .none { return writeLayered(id, bytes) }
    writePlain(id, bytes)
  }

  @inline(__always) mutating func writePlain(_ id: ConnectionID, _ bytes: Span<UInt8>) {
    let index = id.index
    var sent = 0
    if sockets[index].output.count == 0, !sockets[index].isConnecting {
      sent = send(sockets[index].descriptor, bytes)
      if sent == bytes.count { return }
      if sent < 0 {
        // What is written until the owner takes the event goes nowhere.
        guard errno == EAGAIN || errno == EINTR else { return broken.append(id) }
        sent = 0
      }
    }
    sockets[index].output.append(bytes, from: sent)
    setInterest(index, id, sockets[index].interest | Interest.write)
  }

  /// Bytes that wait to be sent.
  package func pending(_ id: ConnectionID) -> Int {
    guard isOpen(id) else { return 0 }
    return sockets[id.index].layer == .stream ? pendingOfStream(id) : sockets[id.index].output.count
  }

  package func isPaused(_ id: ConnectionID) -> Bool { isOpen(id) && sockets[id.index].isPaused }

  /// Stops reading, so that the peer's bytes wait with the kernel and then with the peer.
  package mutating func pause(_ id: ConnectionID) {
    guard isOpen(id), !sockets[id.index].isPaused else { return }
    sockets[id.index].isPaused = true
    if sockets[id.index].layer == .stream { return }
    setInterest(id.index, id, sockets[id.index].interest & ~Interest.read)
  }

  package mutating func resume(_ id: ConnectionID) {
    guard isOpen(id), sockets[id.index].isPaused else { return }
    sockets[id.index].isPaused = false
    if sockets[id.index].layer == .stream { return resumeStream(id) }
    setInterest(id.index, id, sockets[id.index].interest | Interest.read)
    if sockets[id.index].layer != .none { noteUnread(id) }
  }

  /// Tells the peer that no more comes, once what waits is sent.
  package mutating func finishWriting(_ id: ConnectionID) {
    guard isOpen(id) else { return }
    if sockets[id.index].layer != .none, finishLayered(id) { return }
    if sockets[id.index].output.count > 0 || sockets[id.index].isConnecting {
      sockets[id.index].finishesWhenDrained = true
    } else {
      shutdown(sockets[id.index].descriptor, Int32(SHUT_WR))
    }
  }

  /// Closes now; what waits to be sent is lost. `resets`: the peer sees that the message did not end.
  package mutating func close(_ id: ConnectionID, resets: Bool = false) {
    guard isOpen(id) else { return }
    if sockets[id.index].layer != .none { closeLayered(id, resets: resets) }
    if sockets[id.index].descriptor == Self.noDescriptor { return forget(id) }
    if resets { linux_reset_on_close(sockets[id.index].descriptor) }
    Glibc.close(sockets[id.index].descriptor)
    forget(id)
  }

  private mutating func forget(_ id: ConnectionID) {
    sockets[id.index].close()
    free.append(id.index)
    connectionCount -= 1
  }

  /// A stream of HTTP/2, as a connection without a socket of its own.
  mutating func addStream(_ place: StreamPlace) -> ConnectionID {
    let index = free.popLast() ?? sockets.count
    if index == sockets.count { sockets.append(Socket()) }
    sockets[index].open(Self.noDescriptor, 0)
    sockets[index].layer = .stream
    sockets[index].place = place
    connectionCount += 1
    return ConnectionID(index: index, generation: sockets[index].generation)
  }

  /// No descriptor that the kernel gives.
  private static var noDescriptor: Int32 { .max }
}

// MARK: Kernel

extension Transport {
  /// True when nothing waits any more.
  @discardableResult
  private mutating func flush(_ id: ConnectionID) -> Bool {
    let index = id.index
    let descriptor = sockets[index].descriptor
    while sockets[index].output.count > 0 {
      let taken = sockets[index].output.drain { bytes in send(descriptor, bytes) }
      guard taken > 0 else {
        if taken < 0, errno != EAGAIN, errno != EINTR { broken.append(id) }
        return false
      }
    }
    setInterest(index, id, sockets[index].interest & ~Interest.write)
    if sockets[index].finishesWhenDrained {
      sockets[index].finishesWhenDrained = false
      shutdown(descriptor, Int32(SHUT_WR))
    }
    return true
  }

  private mutating func setInterest(_ index: Int, _ id: ConnectionID, _ interest: UInt32) {
    let isDetached = sockets[index].isDetached
    guard sockets[index].interest != interest || isDetached else { return }
    sockets[index].interest = interest
    sockets[index].isDetached = false
    if isDetached {
      linux_epoll_add(epoll, sockets[index].descriptor, interest, id.raw)
    } else {
      linux_epoll_modify(epoll, sockets[index].descriptor, interest, id.raw)
    }
  }
}

private func send(_ descriptor: Int32, _ bytes: Span<UInt8>) -> Int {
  unsafe bytes.withUnsafeBytes { buffer in
    unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
  }
}

private enum Interest {
  static let read = UInt32(LINUX_READ.rawValue)
  static let write = UInt32(LINUX_WRITE.rawValue)
  static let error = UInt32(LINUX_ERROR.rawValue)
  static let hangup = UInt32(LINUX_HANGUP.rawValue)
  static let exclusive = UInt32(LINUX_EXCLUSIVE.rawValue)
}

/// What tells events apart; connections have the generation, which stays below, in the upper half.
private enum Key {
  static let listener: UInt64 = 0xFFFF_FFFE_0000_0000
}

struct Socket {
  var descriptor: Int32 = -1
  var generation: UInt32 = 0
  var interest: UInt32 = 0
  var output = ByteQueue()
  var isConnecting = false
  var isPaused = false
  /// Not in the epoll set: a hang-up that nobody reads yet.
  var isDetached = false
  var finishesWhenDrained = false
  /// All that plain connections look at.
  var layer = Layer.none
  var session: TLSSession?
  var carrier: Carrier?
  var place: StreamPlace?

  enum Layer: UInt8 {
    case none
    /// TLS.
    case secure
    /// HTTP/2 on TLS.
    case carrier
    /// One exchange on such a connection.
    case stream
  }

  mutating func open(_ descriptor: Int32, _ interest: UInt32) {
    self.descriptor = descriptor
    self.interest = interest
    isConnecting = false
    isPaused = false
    isDetached = false
    finishesWhenDrained = false
    layer = .none
  }

  mutating func close() {
    descriptor = -1
    if layer != .none { (session, carrier, place) = (nil, nil, nil) }
    generation = generation == 0x7FFF_FFFF ? 0 : generation + 1
    output.removeAll()
  }
}
