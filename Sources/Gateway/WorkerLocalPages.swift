import HTTP
import Model
import Transport

// Pages that async code answers.

/// A request for a page while its body is being read.
final class PageRequest {
  var request: LocalRequest
  init(_ request: LocalRequest) { self.request = request }
}

/// Tasks of a page that wait for a slow client.
final class WaitingWriters {
  var continuations: [CheckedContinuation<Void, any Error>] = []
}

extension Worker {
  /// Bytes of a request's body that a page of ours takes.
  private static var pageBodyLimit: Int { 1024 * 1024 }

  /// `change`: what the page is told otherwise.
  mutating func startLocalCall(
    _ exchange: Int32, _ bytes: Span<UInt8>, _ change: (inout LocalRequest) -> Void = { _ in }
  ) -> Int? {
    let index = Int(exchange)
    if let length = requestHead.section.contentLength, length > Self.pageBodyLimit { return reject(exchange, status: 413) }
    var request = localRequest(exchange, bytes)
    change(&request)
    exchanges[index].page = PageRequest(request)
    exchanges[index].bodyLimit = Self.pageBodyLimit
    let head = requestHead.length
    guard !exchanges[index].request.isDone else {
      launchLocalCall(exchange)
      return head
    }
    if requestHead.section.expectsContinue, !requestHead.isVersion10 {
      scratch.removeAll()
      scratch.append("HTTP/1.1 100 Continue\r\n\r\n")
      flush(exchange, toClient: true)
    }
    scratch.removeAll()
    setDeadline(exchanges[index].client, now + configuration.timeouts.idle)
    return forwardBody(exchange, bytes, head)
  }

  private func localRequest(_ exchange: Int32, _ bytes: Span<UInt8>) -> LocalRequest {
    let path = pathWithoutQuery(bytes)
    let query = min(path.upperBound + 1, requestHead.path.upperBound)..<requestHead.path.upperBound
    var fields: [(name: String, value: String)] = []
    for i in 0..<requestHead.section.count {
      let field = requestHead.section.fields[i]
      // The page needs no credentials: the door has read them.
      if field.kind == .authorization || field.kind == .apiKey || field.kind == .untrusted { continue }
      if field.kind == .forwardedFor || field.kind == .forwardedProto { continue }
      fields.append((text(bytes, field.name), text(bytes, field.value)))
    }
    let index = Int(exchange)
    let (client, user) = (exchanges[index].client, exchanges[index].user)
    let clientText = String(decoding: exchanges[index].clientText, as: UTF8.self)
    fields.append(("X-Forwarded-For", clientText))
    fields.append(("X-Forwarded-Proto", exchanges[index].isSecure ? "https" : "http"))
    fields.append(("X-Forwarded-Host", text(bytes, requestHead.host)))
    return LocalRequest(
      method: text(bytes, requestHead.method), path: text(bytes, path), query: text(bytes, query), fields: fields,
      listener: peers[client.index].kind,
      user: user > 0 ? String(decoding: names[Int(user)], as: UTF8.self) : nil,
      client: clientText)
  }

  func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
    var array = [UInt8]()
    append(bytes, range, to: &array)
    return String(decoding: array, as: UTF8.self)
  }

  mutating func launchLocalCall(_ exchange: Int32) {
    let index = Int(exchange)
    guard let page = exchanges[index].page else { return }
    let call = LocalCall(request: page.request, ticket: ticket(of: exchange), inbox: inbox)
    exchanges[index].page = nil
    exchanges[index].local = call
    setDeadline(exchanges[index].client, now + configuration.timeouts.upstream)
    // Neither when too many wait already nor when nobody takes them any more.
    guard case .enqueued = share.jobs.yield(call) else { return fail(exchange, status: 503, retryAfter: 1) }
  }

  mutating func respond(_ ticket: UInt64, _ response: LocalResponse) {
    guard let exchange = exchange(of: ticket), exchanges[Int(exchange)].response == .waiting else { return }
    let index = Int(exchange)
    exchanges[index].status = response.status
    exchanges[index].answeredAt = nanoseconds
    exchanges[index].response = .streaming
    if isLastAnswer(exchanges[index].client) { exchanges[index].keepsAlive = false }
    scratch.removeAll()
    beginAnswer(response.status)
    // What is no field would be two, or the end of the head; how the answer is framed is said below.
    for field in response.fields where isPlainField(name: field.name, value: field.value) {
      // The page knows better than the door: it signs in or out.
      if field.name == "Set-Cookie" { exchanges[index].setCookie = [] }
      scratch.append(Array("\(field.name): \(field.value)\r\n".utf8).span)
    }
    switch response.body {
    case .bytes(let body): sendWhole(exchange, body, hasNoBody: response.status == 304 || response.status == 204)
    case .stream:
      endAnswer(exchange, length: nil)
      flush(exchange, toClient: true)
      setDeadline(exchanges[index].client, now + configuration.timeouts.streamIdle)
      if exchanges[index].isHeadRequest { finishOwnAnswer(exchange) }
    }
  }

  private mutating func sendWhole(_ exchange: Int32, _ body: [UInt8], hasNoBody: Bool) {
    endAnswer(exchange, length: hasNoBody ? 0 : body.count)
    if !exchanges[Int(exchange)].isHeadRequest, !hasNoBody {
      if body.count <= scratch.freeCapacity {
        scratch.append(body.span)
      } else {
        flush(exchange, toClient: true)
        exchanges[Int(exchange)].sent += body.count
        transport.write(exchanges[Int(exchange)].client, body.span)
      }
    }
    flush(exchange, toClient: true)
    finishOwnAnswer(exchange)
  }

  mutating func sendPiece(_ ticket: UInt64, _ bytes: [UInt8], _ continuation: CheckedContinuation<Void, any Error>) {
    guard let exchange = exchange(of: ticket) else { return continuation.resume(throwing: ClientLeft()) }
    let index = Int(exchange)
    let client = exchanges[index].client
    scratch.removeAll()
    let isChunked = !exchanges[index].isVersion10
    if isChunked {
      scratch.append(hexadecimal: bytes.count)
      scratch.append("\r\n")
    }
    if bytes.count + 2 > scratch.freeCapacity {
      flush(exchange, toClient: true)
      exchanges[index].sent += bytes.count
      transport.write(client, bytes.span)
    } else {
      scratch.append(bytes.span)
    }
    if isChunked { scratch.append("\r\n") }
    flush(exchange, toClient: true)
    setDeadline(client, now + configuration.timeouts.streamIdle)
    if transport.pending(client) > highWater { holdUp(continuation, index) } else { continuation.resume() }
  }

  private mutating func holdUp(_ continuation: CheckedContinuation<Void, any Error>, _ index: Int) {
    guard exchanges[index].waiting != nil else { return exchanges[index].waiting = continuation }
    let others = exchanges[index].alsoWaiting ?? WaitingWriters()
    others.continuations.append(continuation)
    exchanges[index].alsoWaiting = others
  }

  mutating func endPieces(_ ticket: UInt64, _ failed: Bool) {
    guard let exchange = exchange(of: ticket) else { return }
    if failed { return abort(exchange, status: 500) }
    scratch.removeAll()
    if !exchanges[Int(exchange)].isVersion10 { scratch.append("0\r\n\r\n") }
    flush(exchange, toClient: true)
    finishOwnAnswer(exchange)
  }

  mutating func resumeLocalCall(_ exchange: Int32) {
    exchanges[Int(exchange)].waiting?.resume()
    exchanges[Int(exchange)].waiting = nil
    guard let others = exchanges[Int(exchange)].alsoWaiting else { return }
    exchanges[Int(exchange)].alsoWaiting = nil
    for continuation in others.continuations { continuation.resume() }
  }

  /// Whoever still works on the answer is told that nobody reads it.
  mutating func leaveLocalCall(_ exchange: Int32) {
    exchanges[Int(exchange)].waiting?.resume(throwing: ClientLeft())
    exchanges[Int(exchange)].waiting = nil
    for continuation in exchanges[Int(exchange)].alsoWaiting?.continuations ?? [] { continuation.resume(throwing: ClientLeft()) }
    exchanges[Int(exchange)].alsoWaiting = nil
    exchanges[Int(exchange)].local?.clientLeft()
  }
}
