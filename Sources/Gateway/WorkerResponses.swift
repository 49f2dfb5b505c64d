import HTTP
import Model
import Transport

// From the service back to the client.

extension Worker {
  mutating func receiveFromUpstream(_ id: ConnectionID, _ bytes: Span<UInt8>) {
    let exchange = peers[id.index].exchange
    // Bytes that nobody asked for would become the answer to the next request.
    guard exchange >= 0 else { return closePeer(id) }
    var at = 0
    while at < bytes.count, transport.isOpen(id), peers[id.index].exchange == exchange {
      let next =
        exchanges[Int(exchange)].response == .waiting
        ? readResponseHead(exchange, id, bytes, at) : readResponseBody(exchange, id, bytes, at)
      guard let next else { return }
      at = next
    }
    if at < bytes.count, transport.isOpen(id), peers[id.index].phase == .pooled { closePeer(id) }
  }

  private mutating func readResponseHead(_ exchange: Int32, _ id: ConnectionID, _ bytes: Span<UInt8>, _ start: Int) -> Int? {
    let rest = bytes.extracting(start..<bytes.count)
    do {
      guard try responseHead.scan(rest) else {
        guard rest.count <= maximumHeadLength else { throw HeadProblem.tooLarge }
        keep(id, bytes, start)
        return nil
      }
    } catch {
      fail(exchange, status: 502)
      return nil
    }
    if responseHead.status < 200 { return readInterim(exchange, rest).map { start + $0 } }
    beginResponse(exchange, rest)
    return readResponseBody(exchange, id, bytes, start + responseHead.length)
  }

  /// 100, 102, 103 pass; 101 opens the tunnel that was asked for, and nothing else does.
  private mutating func readInterim(_ exchange: Int32, _ bytes: Span<UInt8>) -> Int? {
    let index = Int(exchange)
    scratch.removeAll()
    if responseHead.status == 101 {
      guard exchanges[index].isUpgrade, responseHead.section.saysUpgrade, responseHead.section.upgradesToWebsocket else {
        fail(exchange, status: 502)
        return nil
      }
      exchanges[index].status = 101
      exchanges[index].answeredAt = nanoseconds
      exchanges[index].response = .streaming
      exchanges[index].responseBody = .tunnel
      exchanges[index].request = .tunnel
      exchanges[index].keepsAlive = false
      let client = exchanges[index].client
      setDeadline(client, now + configuration.timeouts.streamIdle)
      // What the client sent behind its handshake waits.
      if !peers[client.index].input.isEmpty || peers[client.index].isHalfClosed { ready.append(client) }
    }
    guard !exchanges[index].isVersion10 else { return responseHead.length }
    responseHead.write(bytes, to: &scratch, ResponseForwarding(framing: .none))
    flush(exchange, toClient: true)
    if transport.pending(exchanges[index].client) > highWater, let upstream = exchanges[index].upstream {
      transport.pause(upstream)
    }
    return responseHead.length
  }

  private mutating func beginResponse(_ exchange: Int32, _ bytes: Span<UInt8>) {
    let index = Int(exchange)
    let framing = responseHead.framing(isHeadRequest: exchanges[index].isHeadRequest)
    let isVersion10 = exchanges[index].isVersion10
    let endsWithConnection = framing == .untilClose || (framing == .chunked && isVersion10)
    // An error before the whole request is in ends the connection: nobody will read the rest.
    let isEarly = !exchanges[index].request.isDone && responseHead.status >= 300
    if endsWithConnection || isEarly || isLastAnswer(exchanges[index].client) {
      exchanges[index].keepsAlive = false
    }
    exchanges[index].status = responseHead.status
    exchanges[index].answeredAt = nanoseconds
    // A service that gets HEAD wrong sends a body, perhaps later, and it would be the answer to the next request.
    exchanges[index].upstreamKeepsAlive =
      responseHead.keepsAlive && !responseHead.announcesForbiddenBody && !exchanges[index].isHeadRequest
    exchanges[index].response = .streaming
    exchanges[index].responseBody = BodyState(framing)
    scratch.removeAll()
    if exchanges[index].gate != nil, continueStream(exchange, framing) { return }
    responseHead.write(
      bytes, to: &scratch,
      ResponseForwarding(
        framing: framing, closes: !exchanges[index].keepsAlive, isClientVersion10: isVersion10,
        locationPrefix: exchanges[index].locationPrefix, setCookie: exchanges[index].setCookie))
  }

  private mutating func readResponseBody(_ exchange: Int32, _ id: ConnectionID, _ bytes: Span<UInt8>, _ start: Int) -> Int? {
    let index = Int(exchange)
    var body = exchanges[index].responseBody
    let end: Int
    do {
      end = try move(
        &body, bytes, start, exchange, toClient: true,
        dataOnly: exchanges[index].isVersion10 || exchanges[index].gate?.isSwallowing == true)
    } catch {
      flush(exchange, toClient: true)
      abort(exchange, status: 502)
      return nil
    }
    flush(exchange, toClient: true)
    exchanges[index].gate?.observe(bytes, start..<end, exchanges[index].responseBody)
    exchanges[index].responseBody = body
    if body.isDone {
      finishResponse(exchange)
      return end
    }
    let client = exchanges[index].client
    setDeadline(client, now + configuration.timeouts.streamIdle)
    if transport.pending(client) > highWater { transport.pause(id) }
    return end
  }

  /// The response is with the client: what becomes of both connections?
  mutating func finishResponse(_ exchange: Int32) {
    let index = Int(exchange)
    if exchanges[index].gate?.isSwallowing == true { endSwallowing(exchange) }
    let client = exchanges[index].client
    let ending = exchanges[index].ending(isLastAnswer: isLastAnswer(client))
    record(exchange)
    let hasNoBody = exchanges[index].status == 204 || exchanges[index].status == 304
    if let upstream = exchanges[index].upstream { release(upstream, reuses: ending.reusesUpstream, rests: hasNoBody) }
    releaseExchange(exchange)
    if ending.reusesClient { makeIdle(client) } else { linger(client) }
  }

  /// Whether the client gets no further answer on its connection. One that ended its side may have asked more before.
  func isLastAnswer(_ client: ConnectionID) -> Bool {
    isDraining || (peers[client.index].isHalfClosed && peers[client.index].input.isEmpty && !isBytesInHand)
  }

  mutating func makeIdle(_ client: ConnectionID) {
    peers[client.index].phase = .idle
    peers[client.index].exchange = -1
    // A slow reader is idle only when it has everything.
    setDeadline(client, now + (transport.pending(client) > 0 ? configuration.timeouts.streamIdle : configuration.timeouts.idle))
    if !peers[client.index].input.isEmpty || transport.isPaused(client) { ready.append(client) }
  }

  /// Ends the connection so that the last answer arrives: first our end, then what the client still sends is read and dropped.
  mutating func linger(_ client: ConnectionID) {
    guard transport.isOpen(client) else { return }
    peers[client.index].phase = .lingering
    peers[client.index].exchange = -1
    peers[client.index].input = []
    let isWaiting = transport.pending(client) > 0
    if peers[client.index].isHalfClosed, !isWaiting { return closePeer(client) }
    transport.finishWriting(client)
    if !peers[client.index].isHalfClosed { transport.resume(client) }
    setDeadline(client, now + (isWaiting ? configuration.timeouts.streamIdle : 2_000))
  }

  /// The service closed its end.
  mutating func upstreamEnded(_ id: ConnectionID) {
    let exchange = peers[id.index].exchange
    guard exchange >= 0 else { return closePeer(id) }
    let index = Int(exchange)
    if case .untilClose = exchanges[index].responseBody, exchanges[index].response == .streaming {
      return finishResponse(exchange)
    }
    if exchanges[index].responseBody.isTunnel, exchanges[index].response == .streaming {
      return tunnelEndedByUpstream(exchange, id)
    }
    upstreamBroke(id)
  }

  private mutating func tunnelEndedByUpstream(_ exchange: Int32, _ id: ConnectionID) {
    let client = exchanges[Int(exchange)].client
    if peers[client.index].isHalfClosed { return endTunnel(exchange) }
    exchanges[Int(exchange)].response = .done
    transport.pause(id)
    transport.finishWriting(client)
    setDeadline(client, now + 10_000)
  }

  mutating func endTunnel(_ exchange: Int32) {
    let client = exchanges[Int(exchange)].client
    record(exchange)
    if let upstream = exchanges[Int(exchange)].upstream { closePeer(upstream) }
    releaseExchange(exchange)
    linger(client)
  }

  /// Reset, or closed where a message had to go on.
  mutating func upstreamBroke(_ id: ConnectionID) {
    let exchange = peers[id.index].exchange
    let isStale = peers[id.index].isReused && peers[id.index].input.isEmpty
    guard exchange >= 0 else { return closePeer(id) }
    if exchanges[Int(exchange)].response == .waiting {
      peers[id.index].exchange = -1
      closePeer(id)
      exchanges[Int(exchange)].upstream = nil
      if isStale, sendAgain(exchange) { return }
      return fail(exchange, status: 502)
    }
    abort(exchange, status: 502)
  }

  /// The exchange cannot be completed: both ends see that it broke off.
  mutating func abort(_ exchange: Int32, status: Int) {
    let index = Int(exchange)
    let client = exchanges[index].client
    let isStreaming = exchanges[index].response == .streaming
    let isUntilClose = if case .untilClose = exchanges[index].responseBody { true } else { exchanges[index].isVersion10 }
    if exchanges[index].status == 0 { exchanges[index].status = status }
    record(exchange)
    if let upstream = exchanges[index].upstream { closePeer(upstream) }
    leaveLocalCall(exchange)
    releaseExchange(exchange)
    // Without framing only a reset tells the client that there should have been more.
    if status == 499 || !isStreaming || isUntilClose {
      closePeer(client, resets: isStreaming && isUntilClose)
    } else {
      linger(client)
    }
  }
}
