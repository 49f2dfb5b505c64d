import Model
import Transport

// What happens to a connection apart from its bytes.

extension Worker {
  /// Everything that waited for this side is sent: the other side may go on.
  mutating func drained(_ id: ConnectionID) {
    let exchange = peers[id.index].exchange
    switch peers[id.index].phase {
    case .lingering:
      if peers[id.index].isHalfClosed { closePeer(id) } else { setDeadline(id, now + 2_000) }
    case .serving where exchange >= 0:
      resumeClient(exchange)
    case .exchanging where exchange >= 0:
      if let upstream = exchanges[Int(exchange)].upstream, exchanges[Int(exchange)].response != .done {
        transport.resume(upstream)
      }
      resumeLocalCall(exchange)
    default: break
    }
  }

  mutating func failed(_ id: ConnectionID) {
    switch peers[id.index].phase {
    case .vacant: transport.close(id)
    case .connecting: connectFailed(id, status: 502)
    case .serving:
      let exchange = peers[id.index].exchange
      if exchange >= 0, exchanges[Int(exchange)].responseBody.isTunnel { endTunnel(exchange) } else { upstreamBroke(id) }
    case .pooled: closePeer(id)
    default: closeClient(id)
    }
  }
}
