import Model
import Transport

// Connections to services: taken from the loop's own pool, or opened.

extension Worker {
  /// False: there is no way to the service.
  mutating func takeUpstream(_ exchange: Int32) -> Bool {
    let index = Int(exchange)
    // What must not be sent twice goes out only on a connection that was in use a moment ago.
    let mayRepeat = exchanges[index].isSafe && exchanges[index].request.isDone
    if let id = takePooled(Int(exchanges[index].upstreamIndex), maximumAge: mayRepeat ? .max : Upstream.freshTime) {
      peers[id.index].phase = .serving
      peers[id.index].exchange = exchange
      peers[id.index].isReused = true
      peers[id.index].deadline = .max
      exchanges[index].upstream = id
      return true
    }
    return openUpstream(exchange)
  }

  private mutating func takePooled(_ upstream: Int, maximumAge: Int64) -> ConnectionID? {
    guard let id = upstreams[upstream].pool.last, now - peers[id.index].pooledAt <= maximumAge,
      now >= peers[id.index].restsUntil
    else { return nil }
    upstreams[upstream].pool.removeLast()
    return id
  }

  private mutating func openUpstream(_ exchange: Int32) -> Bool {
    let index = Int(exchange)
    let upstream = Int(exchanges[index].upstreamIndex)
    let count = upstreams[upstream].addresses.count
    while exchanges[index].attempts < count {
      let which = (upstreams[upstream].preferred + exchanges[index].attempts) % count
      exchanges[index].attempts += 1
      guard let id = transport.connect(upstreams[upstream].addresses[which]) else { continue }
      openPeer(id, .connecting)
      peers[id.index].upstream = exchanges[index].upstreamIndex
      peers[id.index].exchange = exchange
      exchanges[index].upstream = id
      setDeadline(id, now + configuration.timeouts.connect)
      return true
    }
    return false
  }

  mutating func upstreamConnected(_ id: ConnectionID) {
    let exchange = peers[id.index].exchange
    guard exchange >= 0 else { return closePeer(id) }
    let index = Int(exchange)
    peers[id.index].phase = .serving
    peers[id.index].deadline = .max
    let upstream = Int(peers[id.index].upstream)
    let count = upstreams[upstream].addresses.count
    if count > 0 {
      upstreams[upstream].preferred = (upstreams[upstream].preferred + exchanges[index].attempts - 1) % count
    }
    let unsent = exchanges[index].unsent
    transport.write(id, unsent.span)
    exchanges[index].unsent = []
    resumeClient(exchange)
  }

  mutating func resumeClient(_ exchange: Int32) {
    let client = exchanges[Int(exchange)].client
    guard !peers[client.index].isHalfClosed, peers[client.index].input.isEmpty else { return }
    transport.resume(client)
  }

  /// The connection could not be made: the service's next address, or 502.
  mutating func connectFailed(_ id: ConnectionID, status: Int) {
    let exchange = peers[id.index].exchange
    closePeer(id)
    guard exchange >= 0 else { return }
    exchanges[Int(exchange)].upstream = nil
    if !openUpstream(exchange), !moveToOtherModelHost(exchange) { fail(exchange, status: status) }
  }

  /// A request to a server of models that was never connected to goes to another one.
  private mutating func moveToOtherModelHost(_ exchange: Int32) -> Bool {
    guard exchanges[Int(exchange)].gate != nil else { return false }
    while let upstream = nextModelHost(exchange) {
      exchanges[Int(exchange)].upstreamIndex = upstream
      exchanges[Int(exchange)].attempts = 0
      if openUpstream(exchange) { return true }
    }
    return false
  }

  /// A reused connection that was already closed at the other end when the request was sent.
  mutating func sendAgain(_ exchange: Int32) -> Bool {
    let index = Int(exchange)
    guard !exchanges[index].replay.isEmpty, exchanges[index].response == .waiting else { return false }
    exchanges[index].attempts = 0
    exchanges[index].upstream = nil
    exchanges[index].unsent = exchanges[index].replay
    exchanges[index].replay.removeAll(keepingCapacity: true)
    return openUpstream(exchange)
  }

  /// Keeps the connection for the next request, or closes it. `rests`: not for a moment, in which what comes unasked closes it.
  mutating func release(_ id: ConnectionID, reuses: Bool, rests: Bool = false) {
    let upstream = Int(peers[id.index].upstream)
    guard reuses, !isDraining, peers[id.index].input.isEmpty, transport.pending(id) == 0,
      upstreams[upstream].pool.count < Upstream.poolSize
    else { return closePeer(id) }
    // Reading may have been stopped for a slow client; the next exchange on it would hang.
    transport.resume(id)
    peers[id.index].phase = .pooled
    peers[id.index].exchange = -1
    peers[id.index].pooledAt = now
    peers[id.index].restsUntil = rests ? now + Upstream.restTime : 0
    // Those that rest are taken last.
    if rests { upstreams[upstream].pool.insert(id, at: 0) } else { upstreams[upstream].pool.append(id) }
    setDeadline(id, now + Upstream.poolTime)
  }

  mutating func removeFromPool(_ id: ConnectionID) {
    let upstream = Int(peers[id.index].upstream)
    if let place = upstreams[upstream].pool.lastIndex(of: id) { upstreams[upstream].pool.remove(at: place) }
  }
}
