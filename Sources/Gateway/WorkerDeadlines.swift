import Model
import Transport

// Time.

extension Worker {
  mutating func setDeadline(_ id: ConnectionID, _ deadline: Int64) {
    peers[id.index].deadline = deadline
    let tick = wheel.dueTick(deadline)
    // An entry that comes up no later than this finds the new deadline by itself.
    guard tick < peers[id.index].dueTick else { return }
    peers[id.index].dueTick = tick
    wheel.enter(id.raw, at: tick)
  }

  mutating func runDeadlines() {
    resumeAcceptingIfDue()
    due.removeAll(keepingCapacity: true)
    wheel.advance(now: now, into: &due)
    for (key, tick) in due {
      let id = ConnectionID(raw: key)
      guard transport.isOpen(id), peers[id.index].id == id, peers[id.index].dueTick == tick else { continue }
      peers[id.index].dueTick = .max
      let deadline = peers[id.index].deadline
      if deadline == .max { continue }
      if deadline > now { setDeadline(id, deadline) } else { expire(id) }
    }
  }

  /// Not at once: whoever waits to be accepted would end every wait, and nothing else would get done.
  private mutating func resumeAcceptingIfDue() {
    guard transport.isAcceptingPaused else { return }
    guard let since = acceptingPausedAt else { return acceptingPausedAt = now }
    guard now - since >= 50 else { return }
    acceptingPausedAt = nil
    transport.resumeAccepting()
  }

  /// Milliseconds that the loop may sleep; -1: until something happens.
  func waitTime() -> Int32 {
    if !ready.isEmpty || isStopped { return 0 }
    var wait = wheel.wait(now: now) ?? .max
    if records.openedAt != .max { wait = min(wait, max(0, records.openedAt + 200 - now)) }
    if isDraining || transport.isAcceptingPaused { wait = min(wait, 50) }
    return wait == .max ? -1 : Int32(min(wait, 60_000))
  }

  private mutating func expire(_ id: ConnectionID) {
    peers[id.index].deadline = .max
    switch peers[id.index].phase {
    case .head: refuse(id, status: 408)
    case .exchanging: expireExchange(peers[id.index].exchange, id)
    case .connecting: connectFailed(id, status: 504)
    case .carrying: expireCarrier(id)
    case .parked:
      // Its head is still in the input and would be asked about again.
      exchanges[Int(peers[id.index].exchange)].keepsAlive = false
      fail(peers[id.index].exchange, status: 503, retryAfter: 1)
    default: closePeer(id)
    }
  }

  private mutating func expireExchange(_ exchange: Int32, _ id: ConnectionID) {
    let index = Int(exchange)
    guard exchange >= 0 else { return closePeer(id) }
    if exchanges[index].responseBody.isTunnel { return endTunnel(exchange) }
    if exchanges[index].gate != nil, gateIsDue(exchange) { return }
    let timeouts = configuration.timeouts
    if peers[id.index].isHalfClosed, exchanges[index].request.isDone, canProbe(exchange) {
      probe(exchange)
      return setDeadline(id, now + (exchanges[index].response == .waiting ? timeouts.upstream : timeouts.streamIdle))
    }
    guard exchanges[index].response == .waiting else { return abort(exchange, status: 504) }
    // A client that was held up did not make the service wait.
    let isHeld = transport.isPaused(id)
    guard exchanges[index].request.isDone || isHeld else { return fail(exchange, status: 408) }
    fail(exchange, status: 504)
  }
}
