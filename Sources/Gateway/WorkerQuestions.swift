import HTTP
import Model
import Transport

// Another engine asks: its requests go through the same routes and the same door, by their raw target, and instead of being
// forwarded it is told what to do. Every other answer is for its client, as it stands.

/// What another engine wants to know of a request that it has.
enum EngineAsk: Equatable {
  case nothing
  /// May it pass, and where to?
  case decision
  /// The answer of a page of Leanto's own.
  case page
  /// What Leanto says at that status.
  case answer(Int)
}

extension Worker {
  /// Reads the request that is asked about out of the question, so that everything after this sees that request. The status of a
  /// refusal when it cannot be read; nil when it could.
  mutating func takeQuestion(_ id: ConnectionID, _ bytes: Span<UInt8>) -> Int? {
    guard let fields = requestHead.engineFields(bytes), let kind = listener(bytes, fields.listener) else { return 400 }
    peers[id.index].kind = kind
    let address = IPAddress(bytes, fields.peer) ?? IPAddress(high: 0, low: 0)
    if address != peers[id.index].address { peers[id.index].setAddress(address) }
    do throws(HeadProblem) {
      try requestHead.takeLine(bytes, fields)
    } catch {
      return error.status
    }
    return requestHead.askedLength(bytes) > configuration.limits.head ? 431 : nil
  }

  private func listener(_ bytes: Span<UInt8>, _ range: Range<Int>) -> ListenerKind? {
    let kind = ListenerKind(rawValue: text(bytes, range))
    return kind == .control || kind == .engine ? nil : kind
  }

  /// A status to answer with at once, or nil.
  mutating func noteQuestion(_ exchange: Int32, _ bytes: Span<UInt8>) -> Int? {
    guard let fields = requestHead.engineFields(bytes) else { return 400 }
    let index = Int(exchange)
    switch text(bytes, fields.ask) {
    case "decide":
      exchanges[index].ask = .decision
      exchanges[index].askedLength = Int(text(bytes, fields.length))
    case "page": exchanges[index].ask = .page
    case let text:
      guard let status = Int(text), (400..<600).contains(status) else { return 400 }
      exchanges[index].ask = .answer(status)
      exchanges[index].isRecorded = false
    }
    // The engine leaves the body of an answer to HEAD out itself; its question is a GET.
    if exchanges[index].ask != .page { exchanges[index].isHeadRequest = false }
    if case .answer(let status) = exchanges[index].ask { return status }
    return nil
  }

  mutating func answerPage(_ exchange: Int32) -> Int? {
    scratch.removeAll()
    scratch.append("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Leanto-Pass: page\r\n\r\n")
    return finishQuestion(exchange)
  }

  /// The request may pass: where to, and how its head changes on the way.
  mutating func answerPass(
    _ exchange: Int32, _ entry: Int, _ forwarding: borrowing RequestForwarding, _ bytes: Span<UInt8>
  ) -> Int? {
    let index = Int(exchange)
    scratch.removeAll()
    scratch.append("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n")
    let fields = routes.entries[entry].engineFields
    scratch.append(fields.span)
    if mendsLocation(entry, bytes) { put("X-Leanto-Prefix: ", routes.entries[entry].locationPrefix) }
    put("X-Leanto-Client: ", exchanges[index].clientText)
    put("X-Leanto-User: ", names[max(0, Int(exchanges[index].user))])
    put("X-Leanto-Set-Cookie: ", exchanges[index].setCookie)
    scratch.append(forwarding.isSecure ? "X-Leanto-Proto: https\r\n" : "X-Leanto-Proto: http\r\n")
    if requestHead.isUpgrade { scratch.append("X-Leanto-Upgrade: yes\r\n") }
    if !forwarding.keepsAuthorization { scratch.append("X-Leanto-Drop-Authorization: yes\r\n") }
    if !forwarding.keepsRequestFrom { scratch.append("X-Leanto-Drop-Request-From: yes\r\n") }
    if requestHead.holdsOwnKey(bytes) { scratch.append("X-Leanto-Drop-Key: yes\r\n") }
    if let cookies = requestHead.cookies(bytes, without: forwarding.withheldCookies) {
      scratch.append(cookies.isEmpty ? "X-Leanto-Cookies: none\r\n" : "X-Leanto-Cookies: changed\r\n")
      put("X-Leanto-Cookie: ", cookies)
    }
    scratch.append("\r\n")
    guard !scratch.overflowed else { return reject(exchange, status: 431) }
    return finishQuestion(exchange)
  }

  private mutating func put(_ name: StaticString, _ value: [UInt8]) {
    guard !value.isEmpty else { return }
    scratch.append(name)
    scratch.append(value.span)
    scratch.append("\r\n")
  }

  private mutating func finishQuestion(_ exchange: Int32) -> Int? {
    let client = exchanges[Int(exchange)].client
    exchanges[Int(exchange)].isRecorded = false
    exchanges[Int(exchange)].keepsAlive = true
    flush(exchange, toClient: true)
    finishOwnAnswer(exchange)
    return transport.isOpen(client) && peers[client.index].phase == .idle ? requestHead.length : nil
  }
}

/// What another engine is told of a route.
enum EngineAnswer {
  static func fields(of route: Route) -> [UInt8] {
    guard case .upstream(let address) = route.target else { return [] }
    var text = "X-Leanto-Pass: service\r\nX-Leanto-Upstream: \(upstream(address))\r\nX-Leanto-Service: \(route.service)\r\n"
    if route.stripsPrefix { text += "X-Leanto-Strip: \(depth(of: route))\r\n" }
    return Array(text.utf8)
  }

  /// Segments of the prefix.
  private static func depth(of route: Route) -> Int { route.prefix.count { $0 == "/" } - 1 }

  private static func upstream(_ address: Address) -> String {
    switch address {
    case .tcp: address.description
    case .unix(let path): "unix/" + path
    }
  }
}
