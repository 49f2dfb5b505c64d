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
    case .idle:
      setDeadline(id, now + configuration.timeouts.idle)
      if transport.isPaused(id) { ready.append(id) }
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

  /// A service that does not want a body may answer and reset the connection: the answer is still there.
  mutating func readLastWords(_ id: ConnectionID, _ buffer: inout [UInt8]) {
    let exchange = peers[id.index].exchange
    guard peers[id.index].phase == .serving, exchange >= 0, exchanges[Int(exchange)].response == .waiting else { return }
    read(id, &buffer)
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
