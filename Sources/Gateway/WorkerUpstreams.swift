import HTTP
import Model
import Transport

// To the service: a connection, the head, the body.

/// More than this waiting for one side stops reading from the other.
let highWater = 256 * 1024

extension Worker {
  /// Sends the head that was just scanned, and what of its body is there, to the service; gives the index after both.
  mutating func forward(
    _ exchange: Int32, _ entry: Int, _ forwarding: borrowing RequestForwarding, _ bytes: Span<UInt8>
  ) -> Int? {
    let index = Int(exchange)
    scratch.removeAll()
    let client = exchanges[index].clientText
    requestHead.write(bytes, to: &scratch, client: client.span, forwarding)
    guard !scratch.overflowed else { return reject(exchange, status: 431) }
    exchanges[index].isUpgrade = requestHead.isUpgrade
    exchanges[index].locationPrefix = mendsLocation(entry, bytes) ? routes.entries[entry].locationPrefix : []
    exchanges[index].upstreamIndex = routes.entries[entry].upstream
    exchanges[index].bodyLimit = configuration.limits.body
    guard takeUpstream(exchange) else {
      return transport.lacksDescriptors ? reject(exchange, status: 503, retryAfter: 1) : reject(exchange, status: 502)
    }
    if exchanges[index].isSafe, exchanges[index].request.isDone {
      scratch.append(to: &exchanges[index].replay)
    }
    let head = requestHead.length
    guard !exchanges[index].request.isDone else {
      flush(exchange, toClient: false)
      requestEnded(exchange)
      return head
    }
    setDeadline(exchanges[index].client, now + configuration.timeouts.idle)
    return forwardBody(exchange, bytes, head)
  }

  /// Passes on what from `start` on belongs to the request's body; gives the index after it, nil when the exchange ended.
  mutating func forwardBody(_ exchange: Int32, _ bytes: Span<UInt8>, _ start: Int) -> Int? {
    let index = Int(exchange)
    var body = exchanges[index].request
    let end: Int
    do {
      // A page gets the content; a service gets the chunks as they came.
      end = try move(
        &body, bytes, start, exchange, toClient: false, dataOnly: exchanges[index].page != nil || exchanges[index].gate != nil)
    } catch {
      scratch.removeAll()
      refuseBody(exchange, status: 400)
      return nil
    }
    exchanges[index].request = body
    exchanges[index].received += movedData
    if exchanges[index].received > exchanges[index].bodyLimit, !body.isTunnel {
      scratch.removeAll()
      refuseBody(exchange, status: 413)
      return nil
    }
    flush(exchange, toClient: false)
    if body.isDone {
      requestEnded(exchange)
    } else {
      let timeouts = configuration.timeouts
      setDeadline(exchanges[index].client, now + (body.isTunnel ? timeouts.streamIdle : timeouts.idle))
      holdClientIfBehind(exchange)
    }
    return end
  }

  private mutating func requestEnded(_ exchange: Int32) {
    if exchanges[Int(exchange)].page != nil { return launchLocalCall(exchange) }
    if exchanges[Int(exchange)].gate != nil { return gateBodyEnded(exchange) }
    let isWaiting = exchanges[Int(exchange)].response == .waiting
    let timeouts = configuration.timeouts
    setDeadline(exchanges[Int(exchange)].client, now + (isWaiting ? timeouts.upstream : timeouts.streamIdle))
  }

  private mutating func refuseBody(_ exchange: Int32, status: Int) {
    if exchanges[Int(exchange)].response == .waiting { fail(exchange, status: status) } else { abort(exchange, status: status) }
  }

  private mutating func holdClientIfBehind(_ exchange: Int32) {
    guard let upstream = exchanges[Int(exchange)].upstream else { return }
    if transport.pending(upstream) + exchanges[Int(exchange)].unsent.count > highWater {
      transport.pause(exchanges[Int(exchange)].client)
    }
  }

  /// Copies or sends the bytes of a body as they came, chunk extensions and trailers left out.
  mutating func move(
    _ body: inout BodyState, _ bytes: Span<UInt8>, _ start: Int, _ exchange: Int32, toClient: Bool, dataOnly: Bool = false
  ) throws(ChunkedBody.Malformed) -> Int {
    switch body {
    case .done:
      movedData = 0
      return start
    case .length(let remaining):
      let count = min(remaining, bytes.count - start)
      movedData = count
      emit(exchange, toClient, bytes, start..<start + count)
      body = remaining == count ? .done : .length(remaining - count)
      return start + count
    case .untilClose, .tunnel:
      movedData = bytes.count - start
      emit(exchange, toClient, bytes, start..<bytes.count)
      return bytes.count
    case .chunked(var chunked):
      let end = try moveChunks(&chunked, bytes, start, exchange, toClient, dataOnly)
      body = chunked.isDone ? .done : .chunked(chunked)
      return end
    }
  }

  private mutating func moveChunks(
    _ chunked: inout ChunkedBody, _ bytes: Span<UInt8>, _ start: Int, _ exchange: Int32, _ toClient: Bool, _ dataOnly: Bool
  ) throws(ChunkedBody.Malformed) -> Int {
    let before = chunked.total
    defer { movedData = chunked.total - before }
    var at = start
    var runStart = start
    while at < bytes.count, !chunked.isDone {
      let segment = try chunked.next(bytes, from: at)
      if segment.kind == .dropped || (dataOnly && segment.kind == .framing) {
        emit(exchange, toClient, bytes, runStart..<at)
        runStart = segment.end
      }
      at = segment.end
    }
    emit(exchange, toClient, bytes, runStart..<at)
    return at
  }

  /// Behind a head that still waits in `scratch`, or straight out.
  private mutating func emit(_ exchange: Int32, _ toClient: Bool, _ bytes: Span<UInt8>, _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    if let page = exchanges[Int(exchange)].page, !toClient { return append(bytes, range, to: &page.request.body) }
    if let call = exchanges[Int(exchange)].gate, !toClient || call.isSwallowing { return call.collect(bytes, range) }
    if scratch.count > 0 {
      if range.count <= scratch.freeCapacity { return scratch.append(bytes, range) }
      flush(exchange, toClient: toClient)
    }
    send(exchange, toClient, bytes.extracting(range))
  }

  mutating func flush(_ exchange: Int32, toClient: Bool) {
    guard scratch.count > 0 else { return }
    let index = Int(exchange)
    if toClient {
      exchanges[index].sent += scratch.count
      write(scratch, to: exchanges[index].client, of: &transport)
    } else if let upstream = exchanges[index].upstream {
      if peers[upstream.index].phase == .connecting {
        scratch.append(to: &exchanges[index].unsent)
      } else {
        write(scratch, to: upstream, of: &transport)
      }
    }
    scratch.removeAll()
  }

  private mutating func send(_ exchange: Int32, _ toClient: Bool, _ bytes: Span<UInt8>) {
    let index = Int(exchange)
    if toClient {
      exchanges[index].sent += bytes.count
      transport.write(exchanges[index].client, bytes)
    } else if let upstream = exchanges[index].upstream {
      if peers[upstream.index].phase == .connecting {
        append(bytes, 0..<bytes.count, to: &exchanges[index].unsent)
      } else {
        transport.write(upstream, bytes)
      }
    }
  }
}

/// Not a method: writer and transport are both the worker's, and only one of them changes.
private func write(_ writer: borrowing ByteWriter, to id: ConnectionID, of transport: inout Transport) {
  transport.write(id, writer.span)
}
