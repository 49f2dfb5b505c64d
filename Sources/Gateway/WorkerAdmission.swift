import HTTP
import Model
import Transport

// From a head to a decision: which service, and may it pass?

extension Worker {
  /// Acts on the head that was just scanned from the start of `bytes`; gives the index after what was used.
  mutating func admit(_ id: ConnectionID, _ bytes: Span<UInt8>) -> Int? {
    if peers[id.index].isEngine, let status = takeQuestion(id, bytes) {
      refuse(id, status: status)
      return nil
    }
    let verdict = peers[id.index].verdict
    peers[id.index].verdict = nil
    let exchange = beginExchange(id, bytes)
    if peers[id.index].isEngine, let status = noteQuestion(exchange, bytes) { return reject(exchange, status: status) }
    let client = clientOf(id, bytes)
    note(client, exchange, bytes)
    guard requestHead.section.authorizations <= 1 else { return reject(exchange, status: 400) }
    if peers[id.index].kind == .control { return startLocalCall(exchange, bytes) }
    if peers[id.index].kind == .internal, isFromForeignPage(bytes) { return reject(exchange, status: 403) }
    if requestHead.isAsterisk(bytes) { return answerEmpty(exchange, status: 204) }
    switch routes.find(bytes, host: requestHead.host, path: requestHead.path) {
    case .none: return reject(exchange, status: 404)
    case .slashMissing: return redirectToSlash(exchange, bytes)
    case .entry(let entry):
      exchanges[Int(exchange)].service = routes.entries[entry].service
      // Asked once, with the whole request: a key's rate counts it once.
      if routes.entries[entry].isGate, exchanges[Int(exchange)].ask == .decision { return answerPage(exchange) }
      if routes.entries[entry].isGate, !beginGate(exchange, entry, bytes) { return reject(exchange, status: 400) }
      let decision = verdict ?? ask(id, entry, client, bytes)
      return act(on: decision, exchange, entry, bytes)
    }
  }

  /// The internal listener asks for no credentials, and a browser on this machine can reach it.
  private func isFromForeignPage(_ bytes: Span<UInt8>) -> Bool {
    requestHead.mayBeFromForeignPage(bytes, isOwnHost: routes.knows(host: requestHead.host, bytes))
  }

  private mutating func beginExchange(_ id: ConnectionID, _ bytes: Span<UInt8>) -> Int32 {
    let exchange = freeExchanges.popLast() ?? Int32(exchanges.count)
    if Int(exchange) == exchanges.count { exchanges.append(Exchange()) }
    let index = Int(exchange)
    exchanges[index].begin(client: id, now: nanoseconds)
    exchanges[index].isHeadRequest = requestHead.isHead
    exchanges[index].isSafe = requestHead.isSafe
    exchanges[index].isVersion10 = requestHead.isVersion10
    exchanges[index].isUpgrade = false
    exchanges[index].isSecure = false
    exchanges[index].keepsAlive = requestHead.keepsAlive
    exchanges[index].accept = acceptedForm(bytes)
    append(bytes, requestHead.method, to: &exchanges[index].line)
    exchanges[index].line.append(32)
    append(bytes, requestHead.target, to: &exchanges[index].line)
    exchanges[index].request = BodyState(requestHead.framing)
    peers[id.index].phase = .exchanging
    peers[id.index].exchange = exchange
    return exchange
  }

  private func acceptedForm(_ bytes: Span<UInt8>) -> AcceptedForm {
    guard requestHead.section.accept >= 0 else { return .text }
    let value = requestHead.section.fields[requestHead.section.accept].value
    if contains(bytes, value, "text/html") { return .html }
    return contains(bytes, value, "application/json") ? .json : .text
  }

  /// Who sends this: the connection's peer, or whom a trusted sender names.
  private func clientOf(_ id: ConnectionID, _ bytes: Span<UInt8>) -> ForwardedClient {
    // `lan` speaks TLS and nothing else.
    let own = ForwardedClient(isSecure: peers[id.index].kind == .lan ? true : nil)
    switch peers[id.index].kind {
    case .tunnel: return requestHead.lastForwardedClient(bytes)
    case .local, .lan:
      guard !trusted.isEmpty, trusted.contains(peers[id.index].address) else { return own }
      var client = requestHead.forwardedClient(bytes) { trusted.contains($0) }
      if client.isSecure == nil { client.isSecure = own.isSecure }
      return client
    case .internal, .control, .engine: return own
    }
  }

  private mutating func note(_ client: ForwardedClient, _ exchange: Int32, _ bytes: Span<UInt8>) {
    let index = Int(exchange)
    exchanges[index].isSecure = client.isSecure ?? false
    if client.address != nil { return append(bytes, client.text, to: &exchanges[index].clientText) }
    exchanges[index].clientText = peers[exchanges[index].client.index].addressText
  }

  private mutating func ask(_ id: ConnectionID, _ entry: Int, _ client: ForwardedClient, _ bytes: Span<UInt8>) -> AccessDecision {
    let address = client.address ?? peers[id.index].address
    let ticket = UInt64(UInt32(bitPattern: peers[id.index].exchange)) | UInt64(exchangeGeneration(id)) << 32
    peers[id.index].ticket = ticket
    let cookies = requestHead.cookieField(bytes, holding: sessionCookies)
    var question = AccessQuestion(
      listener: peers[id.index].kind, route: entry, ticket: ticket,
      client: ClientAddress(high: address.high, low: address.low), isUpgrade: requestHead.isUpgrade,
      isSecure: client.isSecure ?? false, isSafe: requestHead.isSafe)
    let hasCredentials = !cookies.isEmpty || requestHead.section.authorization >= 0
    if question.isUpgrade ? hasCredentials : !cookies.isEmpty && !question.isSafe {
      question.source = RequestSource(requestHead.source(bytes, isSecure: question.isSecure))
    }
    if requestHead.section.authorization < 0 {
      question.sender = sender(exchanges[Int(peers[id.index].exchange)].accept, bytes)
    }
    let (authorization, apiKey) = (value(requestHead.section.authorization), value(requestHead.section.apiKey))
    if !authorization.isEmpty || !apiKey.isEmpty { question.verb = verb(bytes) }
    return door.decide(
      question, bytes.extracting(requestHead.target), bytes.extracting(authorization), bytes.extracting(cookies),
      bytes.extracting(apiKey))
  }

  /// Where the value of a field lies; empty without one.
  private func value(_ field: Int) -> Range<Int> { field < 0 ? 0..<0 : requestHead.section.fields[field].value }

  func verb(_ bytes: Span<UInt8>) -> RequestVerb {
    let method = requestHead.method
    if isExactly(bytes, method, "GET") { return .get }
    if isExactly(bytes, method, "POST") { return .post }
    if isExactly(bytes, method, "HEAD") { return .head }
    if isExactly(bytes, method, "PUT") { return .put }
    if isExactly(bytes, method, "PATCH") { return .patch }
    if isExactly(bytes, method, "DELETE") { return .delete }
    return isExactly(bytes, method, "OPTIONS") ? .options : .other
  }

  private func sender(_ accept: AcceptedForm, _ bytes: Span<UInt8>) -> RequestSender {
    switch requestHead.fetchMode(bytes) {
    case .navigation: requestHead.isSafe && !requestHead.isUpgrade && accept == .html ? .person : .page
    case .other: .page
    case .none: requestHead.isSafe && !requestHead.isUpgrade && accept == .html ? .person : .program
    }
  }

  private func exchangeGeneration(_ id: ConnectionID) -> UInt32 { exchanges[Int(peers[id.index].exchange)].generation }

  private mutating func act(
    on decision: AccessDecision, _ exchange: Int32, _ entry: Int, _ bytes: Span<UInt8>
  ) -> Int? {
    switch decision {
    case .pass(let user, let isOurs, let setCookie):
      if let setCookie { exchanges[Int(exchange)].setCookie = setCookie }
      if let user, userNames.indices.contains(Int(user)) { exchanges[Int(exchange)].user = userNames[Int(user)] }
      if routes.entries[entry].isGate { return passGate(exchange, entry, user ?? -1, bytes) }
      return pass(exchange, entry, isOurs, user != nil, bytes)
    case .challenge: return reject(exchange, status: 401)
    case .challengeQuietly:
      exchanges[Int(exchange)].isQuiet = true
      return reject(exchange, status: 401)
    case .signIn: return redirectToSignIn(exchange, bytes)
    case .malformed: return reject(exchange, status: 400)
    case .refuse: return reject(exchange, status: 403)
    case .wait(let seconds): return reject(exchange, status: 429, retryAfter: seconds)
    case .busy: return reject(exchange, status: 503, retryAfter: 1)
    case .pending: return park(exchange, bytes)
    }
  }

  private mutating func pass(
    _ exchange: Int32, _ entry: Int, _ isOurs: Bool, _ isKnown: Bool, _ bytes: Span<UInt8>
  ) -> Int? {
    if let length = exchanges[Int(exchange)].askedLength ?? requestHead.section.contentLength,
      length > configuration.limits.body
    {
      return reject(exchange, status: 413)
    }
    let isQuestion = exchanges[Int(exchange)].ask == .decision
    if routes.entries[entry].upstream < 0 {
      return isQuestion ? answerPage(exchange) : startLocalCall(exchange, bytes)
    }
    if routes.entries[entry].isWithheld { return reject(exchange, status: 503, retryAfter: 5) }
    let forwarding = RequestForwarding(
      strippedPrefix: routes.entries[entry].strippedPrefix, keepsAuthorization: !isOurs,
      keepsRequestFrom: isKnown || peers[exchanges[Int(exchange)].client.index].kind == .internal,
      isSecure: exchanges[Int(exchange)].isSecure, withheldCookies: routes.entries[entry].withheldCookies)
    if requestHead.isUpgrade, !mayUpgrade(entry, bytes) { return reject(exchange, status: 403) }
    if isQuestion { return answerPass(exchange, entry, forwarding, bytes) }
    // The routes changed between its two questions.
    if exchanges[Int(exchange)].ask == .page { return reject(exchange, status: 503, retryAfter: 1) }
    exchanges[Int(exchange)].isAsset = isAsset(exchange, entry, bytes)
    return forward(exchange, entry, forwarding, bytes)
  }

  /// Files whose names change with their content need to come through a tunnel, which counts each request, only once.
  private func isAsset(_ exchange: Int32, _ entry: Int, _ bytes: Span<UInt8>) -> Bool {
    guard peers[exchanges[Int(exchange)].client.index].kind == .tunnel, requestHead.isSafe else { return false }
    let path = pathWithoutQuery(bytes)
    for prefix in routes.entries[entry].assetPaths where prefix.count < path.count {
      if prefix.indices.allSatisfy({ prefix[$0] == bytes[path.lowerBound + $0] }) { return isHashedName(bytes, path) }
    }
    return false
  }

  private func mayUpgrade(_ entry: Int, _ bytes: Span<UInt8>) -> Bool {
    guard let paths = routes.entries[entry].upgradePaths else { return true }
    let path = pathWithoutQuery(bytes)
    return paths.contains { known in
      known.count == path.count && known.indices.allSatisfy { known[$0] == bytes[path.lowerBound + $0] }
    }
  }

  /// Whether a root-relative Location in the answer is a link of the service.
  func mendsLocation(_ entry: Int, _ bytes: Span<UInt8>) -> Bool {
    let path = requestHead.path
    for own in routes.entries[entry].ownLocations where own.count <= path.count {
      if own.indices.allSatisfy({ own[$0] == bytes[path.lowerBound + $0] }) { return false }
    }
    return true
  }

  func pathWithoutQuery(_ bytes: Span<UInt8>) -> Range<Int> {
    let path = requestHead.path
    let end = path.first { bytes[$0] == 63 } ?? path.upperBound
    return path.lowerBound..<end
  }

  /// The password is being hashed elsewhere: the head waits as it came and is scanned again afterwards.
  private mutating func park(_ exchange: Int32, _ bytes: Span<UInt8>) -> Int? {
    let id = exchanges[Int(exchange)].client
    peers[id.index].phase = .parked
    keep(id, bytes, 0)
    transport.pause(id)
    setDeadline(id, now + configuration.timeouts.idle)
    return nil
  }

  mutating func decided(_ ticket: UInt64, _ decision: AccessDecision) {
    guard let exchange = exchange(of: ticket) else { return }
    let id = exchanges[Int(exchange)].client
    guard peers[id.index].phase == .parked else { return }
    releaseExchange(exchange)
    peers[id.index].verdict = decision
    peers[id.index].phase = .head
    ready.append(id)
  }

  /// Nil: that exchange has ended.
  func exchange(of ticket: UInt64) -> Int32? {
    let index = Int(ticket & 0xFFFF_FFFF)
    guard index < exchanges.count, exchanges[index].isActive, exchanges[index].generation == UInt32(ticket >> 32) else {
      return nil
    }
    return Int32(index)
  }

  func ticket(of exchange: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: exchange)) | UInt64(exchanges[Int(exchange)].generation) << 32
  }

  mutating func releaseExchange(_ exchange: Int32) {
    let id = exchanges[Int(exchange)].client
    if peers[id.index].exchange == exchange { peers[id.index].exchange = -1 }
    if exchanges[Int(exchange)].gate != nil { leaveGate(exchange) }
    exchanges[Int(exchange)].end()
    freeExchanges.append(exchange)
  }
}

func append(_ bytes: Span<UInt8>, _ range: Range<Int>, to array: inout [UInt8]) {
  let part = bytes.extracting(range)
  unsafe part.withUnsafeBufferPointer { buffer in unsafe array.append(contentsOf: buffer) }
}

/// Whether `text`, in lower case, occurs in `range`, in any case.
private func contains(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString) -> Bool {
  let count = text.utf8CodeUnitCount
  guard range.count >= count else { return false }
  return text.withUTF8Buffer { wanted in
    for start in range.lowerBound...range.upperBound - count {
      var same = true
      for i in 0..<count where unsafe (bytes[start + i] | 0x20) != (wanted[i] | 0x20) {
        same = false
        break
      }
      if same { return true }
    }
    return false
  }
}

extension RequestSource {
  init(_ source: RequestHead.Source) {
    self =
      switch source {
      case .unknown: .unknown
      case .same: .same
      case .other: .other
      }
  }
}

private let sessionCookies = SessionCookie.names.map { Array($0.utf8) }

private func isExactly(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString) -> Bool {
  guard range.count == text.utf8CodeUnitCount else { return false }
  return text.withUTF8Buffer { wanted in
    for i in 0..<wanted.count where unsafe bytes[range.lowerBound + i] != wanted[i] { return false }
    return true
  }
}
