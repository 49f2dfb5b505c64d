import HTTP
import Model
import Transport

// What Leanto says itself.

extension Worker {
  /// The head could not be read: an answer without an exchange of its own, and the end.
  mutating func refuse(_ id: ConnectionID, status: Int) {
    let exchange = freeExchanges.popLast() ?? Int32(exchanges.count)
    if Int(exchange) == exchanges.count { exchanges.append(Exchange()) }
    exchanges[Int(exchange)].begin(client: id, now: nanoseconds)
    exchanges[Int(exchange)].keepsAlive = false
    exchanges[Int(exchange)].isHeadRequest = false
    exchanges[Int(exchange)].isVersion10 = false
    exchanges[Int(exchange)].accept = .text
    exchanges[Int(exchange)].line.append(45)
    exchanges[Int(exchange)].clientText = peers[id.index].addressText
    peers[id.index].exchange = exchange
    peers[id.index].phase = .exchanging
    fail(exchange, status: status)
  }

  /// For the head at hand: its own length when the connection goes on.
  mutating func reject(_ exchange: Int32, status: Int, retryAfter: Int? = nil) -> Int? {
    let client = exchanges[Int(exchange)].client
    fail(exchange, status: status, retryAfter: retryAfter)
    return transport.isOpen(client) && peers[client.index].phase == .idle ? requestHead.length : nil
  }

  /// Answers in place of the service, if the service has not begun to.
  mutating func fail(_ exchange: Int32, status: Int, retryAfter: Int? = nil) {
    let index = Int(exchange)
    if exchanges[index].gate != nil, failInStream(exchange, status) { return }
    exchanges[index].status = status
    exchanges[index].answeredAt = nanoseconds
    // A body that nobody reads ends the connection with it.
    if !exchanges[index].request.isDone { exchanges[index].keepsAlive = false }
    if isLastAnswer(exchanges[index].client) { exchanges[index].keepsAlive = false }
    scratch.removeAll()
    writeAnswer(exchange, status, retryAfter)
    flush(exchange, toClient: true)
    finishOwnAnswer(exchange)
  }

  mutating func finishOwnAnswer(_ exchange: Int32) {
    let index = Int(exchange)
    let client = exchanges[index].client
    let keepsAlive = exchanges[index].keepsAlive && exchanges[index].request.isDone && !isDraining
    record(exchange)
    if let upstream = exchanges[index].upstream { closePeer(upstream) }
    leaveLocalCall(exchange)
    releaseExchange(exchange)
    if keepsAlive { makeIdle(client) } else { linger(client) }
  }

  private mutating func writeAnswer(_ exchange: Int32, _ status: Int, _ retryAfter: Int?) {
    let index = Int(exchange)
    beginAnswer(status)
    let call = exchanges[index].gate
    if status == 401, call != nil {
      scratch.append("WWW-Authenticate: Bearer realm=\"leanto\"\r\n")
    } else if status == 401 {
      // RFC 9110 15.5.2 wants a challenge; no browser knows the other scheme.
      scratch.append(
        exchanges[index].isQuiet
          ? "WWW-Authenticate: Session realm=\"leanto\"\r\n"
          : "WWW-Authenticate: Basic realm=\"leanto\", charset=\"UTF-8\"\r\n")
    }
    if let retryAfter {
      scratch.append("Retry-After: ")
      scratch.append(decimal: retryAfter)
      scratch.append("\r\n")
    }
    let body = call?.answer(status) ?? body(status, exchanges[index].accept)
    switch exchanges[index].accept {
    case .html:
      let policy = configuration.answerPolicy
      scratch.append("Content-Type: text/html; charset=utf-8\r\nContent-Security-Policy: ")
      scratch.append(policy.span)
      scratch.append("\r\n")
    case .json: scratch.append("Content-Type: application/json\r\n")
    case .text: scratch.append("Content-Type: text/plain; charset=utf-8\r\n")
    }
    scratch.append("Cache-Control: no-store\r\nVary: Accept\r\n")
    endAnswer(exchange, length: body.count)
    if !exchanges[index].isHeadRequest { scratch.append(body.span) }
  }

  private func body(_ status: Int, _ form: AcceptedForm) -> [UInt8] {
    guard let bodies = configuration.answers[status] ?? configuration.answers[500] else { return [] }
    return switch form {
    case .text: bodies.text
    case .json: bodies.json
    case .html: bodies.html
    }
  }

  mutating func beginAnswer(_ status: Int) {
    scratch.append("HTTP/1.1 ")
    scratch.append(decimal: status)
    scratch.append(" ")
    scratch.append(reason(status))
    scratch.append("\r\nServer: leanto\r\nDate: ")
    scratch.append(clock.httpDate().span)
    scratch.append("\r\n")
  }

  /// Nil: the length is not known and the body comes in chunks.
  mutating func endAnswer(_ exchange: Int32, length: Int?) {
    let index = Int(exchange)
    if !exchanges[index].setCookie.isEmpty {
      let cookie = exchanges[index].setCookie
      scratch.append("Set-Cookie: ")
      scratch.append(cookie.span)
      scratch.append("\r\n")
    }
    if exchanges[index].status == 204 || exchanges[index].status == 304 {
      // RFC 9110 8.6: no length with 204, and with 304 none but that of the whole.
    } else if let length {
      scratch.append("Content-Length: ")
      scratch.append(decimal: length)
      scratch.append("\r\n")
    } else if exchanges[index].isVersion10 {
      exchanges[index].keepsAlive = false
    } else {
      scratch.append("Transfer-Encoding: chunked\r\n")
    }
    if !exchanges[index].keepsAlive {
      scratch.append("Connection: close\r\n")
    } else if exchanges[index].isVersion10 {
      scratch.append("Connection: keep-alive\r\n")
    }
    scratch.append("\r\n")
  }

  /// `/n8n` is meant as `/n8n/`; the query goes along.
  mutating func redirectToSlash(_ exchange: Int32, _ bytes: Span<UInt8>) -> Int? {
    let path = pathWithoutQuery(bytes)
    var location = [UInt8]()
    append(bytes, path, to: &location)
    location.append(47)
    append(bytes, path.upperBound..<requestHead.path.upperBound, to: &location)
    return answerEmpty(exchange, status: 308, location: location)
  }

  /// The way back is the target's path and query, so that it leads to this host whatever it holds.
  mutating func redirectToSignIn(_ exchange: Int32, _ bytes: Span<UInt8>) -> Int? {
    var location = Array(SignInPath.login.utf8) + Array("?to=".utf8)
    for index in requestHead.path {
      let byte = bytes[index]
      // RFC 3986 unreserved and the slash; what is escaped once is escaped twice.
      let isPlain =
        byte &- 97 <= 25 || byte &- 65 <= 25 || byte &- 48 <= 9 || byte == 45 || byte == 46 || byte == 95 || byte == 47
      if isPlain {
        location.append(byte)
      } else {
        location += [37, hexadecimalDigit(byte >> 4), hexadecimalDigit(byte & 15)]
      }
    }
    // Too long to lead back to.
    if location.count > 4096 { location = Array(SignInPath.login.utf8) }
    return answerEmpty(exchange, status: 302, location: location)
  }

  private func hexadecimalDigit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 55 + value }

  /// An answer without a body.
  mutating func answerEmpty(_ exchange: Int32, status: Int, location: [UInt8] = []) -> Int? {
    let index = Int(exchange)
    let client = exchanges[index].client
    exchanges[index].status = status
    exchanges[index].answeredAt = nanoseconds
    if !exchanges[index].request.isDone || isLastAnswer(client) { exchanges[index].keepsAlive = false }
    scratch.removeAll()
    beginAnswer(status)
    if !location.isEmpty {
      scratch.append("Location: ")
      scratch.append(location.span)
      scratch.append("\r\nCache-Control: no-store\r\nVary: Accept\r\n")
    }
    endAnswer(exchange, length: 0)
    flush(exchange, toClient: true)
    finishOwnAnswer(exchange)
    return transport.isOpen(client) && peers[client.index].phase == .idle ? requestHead.length : nil
  }
}

func reason(_ status: Int) -> StaticString {
  switch status {
  case 200: "OK"
  case 202: "Accepted"
  case 204: "No Content"
  case 302: "Found"
  case 303: "See Other"
  case 304: "Not Modified"
  case 308: "Permanent Redirect"
  case 400: "Bad Request"
  case 401: "Unauthorized"
  case 403: "Forbidden"
  case 404: "Not Found"
  case 405: "Method Not Allowed"
  case 408: "Request Timeout"
  case 413: "Content Too Large"
  case 415: "Unsupported Media Type"
  case 417: "Expectation Failed"
  case 429: "Too Many Requests"
  case 431: "Request Header Fields Too Large"
  case 500: "Internal Server Error"
  case 501: "Not Implemented"
  case 502: "Bad Gateway"
  case 503: "Service Unavailable"
  case 504: "Gateway Timeout"
  case 505: "HTTP Version Not Supported"
  default: "Answer"
  }
}
