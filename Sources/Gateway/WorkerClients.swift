import HTTP
import Model
import Synchronization
import Transport

// From a client's bytes to heads and bodies.

extension Worker {
  mutating func accept(_ id: ConnectionID, _ number: Int, _ address: IPAddress) {
    guard let listener = listeners[number], listener.kind != .lan || configuration.tls != nil else {
      return transport.close(id)
    }
    guard isAdmitted(address, number) else { return transport.close(id, resets: true) }
    clientCount += 1
    if listener.kind == .tunnel { share.tunnelConnections.add(1, ordering: .relaxed) }
    openPeer(id, .idle)
    peers[id.index].kind = listener.kind
    peers[id.index].isEngine = listener.kind == .engine
    peers[id.index].setAddress(address)
    guard clientCount <= share.connectionsPerLoop, countAddress(id) else { return refuse(id, status: 503) }
    setDeadline(id, now + configuration.timeouts.head)
  }

  /// This machine itself may come too, for `leanto verify`. It does so under any of its addresses: Docker masquerades what leaves
  /// the network's own one, also where it only goes to itself.
  private func isAdmitted(_ address: IPAddress, _ listener: Int) -> Bool {
    guard let network = admitted[listener] else { return true }
    return network.contains(address) || (address.isV4 && isOwnAddress(v4: UInt32(truncatingIfNeeded: address.low)))
  }

  /// Behind the tunnel's agent all clients have one address, which says nothing.
  private mutating func countAddress(_ id: ConnectionID) -> Bool {
    guard let limit = configuration.limits.connectionsPerAddress else { return true }
    let kind = peers[id.index].kind
    guard kind == .local || kind == .lan, !transport.isStream(id) else { return true }
    peers[id.index].isCounted = share.enter(peers[id.index].address, limit: limit)
    return peers[id.index].isCounted
  }

  mutating func openPeer(_ id: ConnectionID, _ phase: Peer.Phase) {
    while peers.count <= id.index { peers.append(Peer()) }
    peers[id.index].open(id, phase)
  }

  mutating func read(_ id: ConnectionID, _ buffer: inout [UInt8]) {
    switch transport.read(id, into: &buffer, at: 0) {
    case .bytes(let count) where peers[id.index].input.isEmpty: receive(id, buffer.span.extracting(0..<count))
    case .bytes(let count): receiveMore(id, buffer.span.extracting(0..<count))
    case .end:
      if peers[id.index].isUpstream { upstreamEnded(id) } else { clientEnded(id) }
    case .wouldBlock: break
    case .plaintext: refusePlaintext(id)
    case .failed: failed(id)
    }
  }

  private mutating func receive(_ id: ConnectionID, _ bytes: Span<UInt8>) {
    if peers[id.index].isUpstream { receiveFromUpstream(id, bytes) } else { receiveFromClient(id, bytes) }
  }

  /// Behind what is held already. A head is looked at again only when another line of it is complete, or there is too much of it:
  /// one that comes byte by byte costs no more than any other.
  private mutating func receiveMore(_ id: ConnectionID, _ bytes: Span<UInt8>) {
    append(bytes, 0..<bytes.count, to: &peers[id.index].input)
    let isHead = peers[id.index].phase == .head || peers[id.index].phase == .serving
    let count = peers[id.index].input.count
    let limit = peers[id.index].isUpstream ? maximumHeadLength : headLimit(id)
    let isSmallStep = count / Self.largeHead == (count - bytes.count) / Self.largeHead
    if isHead, count < limit, isSmallStep, !holdsLineFeed(bytes) { return }
    let all = peers[id.index].input
    peers[id.index].input = []
    receive(id, all.span)
  }

  /// Looks at what was read as long as it leads somewhere; the rest is kept.
  mutating func receiveFromClient(_ id: ConnectionID, _ bytes: Span<UInt8>) {
    var at = 0
    defer { isBytesInHand = false }
    while at < bytes.count, transport.isOpen(id) {
      switch peers[id.index].phase {
      // Who asks on and on without reading waits until the answers so far are taken.
      case .idle where transport.pending(id) > highWater:
        keep(id, bytes, at)
        return transport.pause(id)
      case .idle, .head:
        guard let next = readHead(id, bytes, at) else { return }
        at = next
      case .exchanging:
        guard let next = readBody(id, bytes, at) else { return }
        at = next
      case .parked: return keep(id, bytes, at)
      default: return
      }
    }
  }

  /// Keeps bytes for later and, when there are many, lets further ones wait with the client.
  mutating func keep(_ id: ConnectionID, _ bytes: Span<UInt8>, _ start: Int) {
    let rest = bytes.extracting(start..<bytes.count)
    unsafe rest.withUnsafeBufferPointer { buffer in unsafe peers[id.index].input.append(contentsOf: buffer) }
    // The head of an upstream's answer is bounded where it is read, and nothing would resume that connection.
    guard peers[id.index].phase != .head, !peers[id.index].isUpstream else { return }
    if peers[id.index].input.count > 16 * 1024 { transport.pause(id) }
  }

  /// The index after the head, or after what of its body went along with it; nil when there is nothing more to do now.
  private mutating func readHead(_ id: ConnectionID, _ bytes: Span<UInt8>, _ start: Int) -> Int? {
    // One empty line before a request is left over from old clients (RFC 9112 2.2), and only one: it waits for what follows.
    var start = start
    let isLineBegun = bytes[start] == 13 && (bytes.count - start == 1 || bytes[start + 1] == 10)
    if isLineBegun, bytes.count - start <= 2, peers[id.index].phase == .idle {
      keep(id, bytes, start)
      return nil
    }
    if isLineBegun, bytes.count - start > 2 { start += 2 }
    let rest = bytes.extracting(start..<bytes.count)
    do throws(HeadProblem) {
      guard try requestHead.scan(rest) else {
        guard rest.count < headLimit(id) else { throw HeadProblem.tooLarge }
        awaitHead(id, rest)
        return nil
      }
      guard requestHead.length <= headLimit(id) else { throw HeadProblem.tooLarge }
    } catch {
      refuse(id, status: error.status)
      return nil
    }
    isBytesInHand = requestHead.length < rest.count
    return admit(id, rest).map { start + $0 }
  }

  /// Hardly a request has a head of more than this that does not come in one piece.
  private static var largeHead: Int { 4096 }
  /// Bytes of unfinished heads that a loop holds before it takes no more large ones.
  private static var largeHeadRoom: Int { 16 * 1024 * 1024 }

  /// Bytes of all unfinished heads, counted anew now and then.
  private mutating func bytesOfHeads() -> Int {
    guard now - headsCountedAt >= 100 else { return headBytes }
    headsCountedAt = now
    headBytes = 0
    for index in peers.indices where peers[index].phase == .head { headBytes += peers[index].input.count }
    return headBytes
  }

  /// Another engine limits what clients send; what it adds to ask is its own.
  private func headLimit(_ id: ConnectionID) -> Int {
    peers[id.index].isEngine ? maximumHeadLength : configuration.limits.head
  }

  private mutating func awaitHead(_ id: ConnectionID, _ bytes: Span<UInt8>) {
    if bytes.count >= Self.largeHead {
      headBytes += bytes.count
      guard bytesOfHeads() < Self.largeHeadRoom else { return refuse(id, status: 503) }
    }
    if peers[id.index].phase != .head {
      peers[id.index].phase = .head
      setDeadline(id, now + configuration.timeouts.head)
    }
    keep(id, bytes, 0)
  }

  /// Passes on what belongs to the body of the request at hand.
  private mutating func readBody(_ id: ConnectionID, _ bytes: Span<UInt8>, _ start: Int) -> Int? {
    let exchange = peers[id.index].exchange
    if exchanges[Int(exchange)].request.isDone {
      keep(id, bytes, start)
      return nil
    }
    scratch.removeAll()
    return forwardBody(exchange, bytes, start)
  }

  /// The client sends no more. It may still be reading: an answer on its way is delivered.
  private mutating func clientEnded(_ id: ConnectionID) {
    let phase = peers[id.index].phase
    guard phase == .exchanging || phase == .parked else { return endBetweenRequests(id) }
    let exchange = peers[id.index].exchange
    peers[id.index].isHalfClosed = true
    transport.pause(id)
    guard phase == .exchanging, exchange >= 0 else { return }
    if exchanges[Int(exchange)].request.isTunnel {
      endTunnelFromClient(exchange)
    } else if !exchanges[Int(exchange)].request.isDone {
      // The body will never be complete.
      abort(exchange, status: 499)
    } else {
      askWhetherGone(id, exchange)
    }
  }

  private mutating func endTunnelFromClient(_ exchange: Int32) {
    if exchanges[Int(exchange)].response == .done { return endTunnel(exchange) }
    if let upstream = exchanges[Int(exchange)].upstream { transport.finishWriting(upstream) }
    setDeadline(exchanges[Int(exchange)].client, now + 10_000)
  }

  /// Nothing more is asked; what was answered is still delivered.
  private mutating func endBetweenRequests(_ id: ConnectionID) {
    guard transport.pending(id) > 0 else { return closeClient(id) }
    peers[id.index].isHalfClosed = true
    transport.pause(id)
    if peers[id.index].phase != .lingering { linger(id) }
  }

  /// A client that closed and one that only finished sending look alike, until something is sent to it: the first resets. When
  /// the service has nothing to say for a moment, `probe` does.
  private mutating func askWhetherGone(_ id: ConnectionID, _ exchange: Int32) {
    guard canProbe(exchange) else { return }
    setDeadline(id, now + 200)
  }

  /// What may be sent without changing the answer: before it an interim answer, between two chunks a leading zero of the next
  /// one's size. HTTP/1.0 knows neither.
  func canProbe(_ exchange: Int32) -> Bool {
    let index = Int(exchange)
    guard !exchanges[index].askedWhetherGone, !exchanges[index].isVersion10 else { return false }
    if exchanges[index].response == .waiting { return true }
    if exchanges[index].gate?.isSwallowing == true { return false }
    if case .chunked(let body) = exchanges[index].responseBody { return body.isBetweenChunks }
    return false
  }

  mutating func probe(_ exchange: Int32) {
    exchanges[Int(exchange)].askedWhetherGone = true
    if exchanges[Int(exchange)].response == .waiting, exchanges[Int(exchange)].gate?.hasBegun == true {
      return sendComment(exchange)
    }
    scratch.removeAll()
    if exchanges[Int(exchange)].response == .waiting {
      scratch.append("HTTP/1.1 102 Processing\r\n\r\n")
    } else {
      scratch.append("0")
    }
    flush(exchange, toClient: true)
  }

  mutating func closeClient(_ id: ConnectionID) {
    guard transport.isOpen(id) else { return }
    if peers[id.index].exchange >= 0 { return abort(peers[id.index].exchange, status: 499) }
    closePeer(id)
  }

  mutating func closePeer(_ id: ConnectionID, resets: Bool = false) {
    guard transport.isOpen(id) else { return }
    if !peers[id.index].isUpstream { clientCount -= 1 }
    if peers[id.index].phase == .pooled { removeFromPool(id) }
    if peers[id.index].isCounted { share.leave(peers[id.index].address) }
    transport.close(id, resets: resets)
    peers[id.index].close()
  }

  /// Takes up what a client sent ahead, one request at a time.
  mutating func processReady() {
    while let id = ready.popLast() {
      guard transport.isOpen(id) else { continue }
      let input = peers[id.index].input
      peers[id.index].input = []
      if !peers[id.index].isHalfClosed { transport.resume(id) }
      receiveFromClient(id, input.span)
      guard transport.isOpen(id), peers[id.index].isHalfClosed else { continue }
      let exchange = peers[id.index].exchange
      if exchange >= 0, exchanges[Int(exchange)].request.isTunnel { endTunnelFromClient(exchange) }
      let isHeld = transport.pending(id) > highWater
      if peers[id.index].phase == .head || (peers[id.index].phase == .idle && !isHeld) { linger(id) }
    }
  }
}

extension Peer {
  var isUpstream: Bool { phase == .connecting || phase == .serving || phase == .pooled }
}
