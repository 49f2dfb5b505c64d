import Model
import Transport

// Connections that carry others. What is asked on them comes as connections of their own, with phases, deadlines and records like
// any; here is only how long the connection itself stays.

extension Worker {
  mutating func carries(_ id: ConnectionID) {
    peers[id.index].phase = .carrying
    // The first request is due as soon as on any other connection.
    setDeadline(id, now + configuration.timeouts.head)
    if isDraining { closePeer(id) }
  }

  mutating func carriesNothing(_ id: ConnectionID) {
    guard peers[id.index].phase == .carrying else { return }
    if isDraining { closePeer(id) } else { setDeadline(id, now + configuration.timeouts.idle) }
  }

  /// Its streams have deadlines of their own.
  mutating func expireCarrier(_ id: ConnectionID) {
    if transport.streamCount(id) > 0 { setDeadline(id, now + configuration.timeouts.idle) } else { closePeer(id) }
  }

  mutating func leaveCarriers() {
    for index in peers.indices where peers[index].phase == .carrying {
      let id = peers[index].id
      transport.leave(id)
      if transport.streamCount(id) == 0 { closePeer(id) }
    }
  }
}
