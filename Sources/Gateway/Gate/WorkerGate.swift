import HTTP
import Model
import Transport

// The model's gate: who may pass was decided by the door; here is what may pass, and when.

extension Worker {
  /// Bytes of bodies that one event loop keeps while they arrive and wait.
  private static var bodyRoom: Int { 128 << 20 }

  /// Before the door is asked, so that its answers have the form of the API.
  mutating func beginGate(_ exchange: Int32, _ entry: Int, _ bytes: Span<UInt8>) -> Bool {
    exchanges[Int(exchange)].gate = GateCall(GateForm(bytes.extracting(gatePath(entry, bytes))))
    exchanges[Int(exchange)].accept = .json
    // One key, in one field.
    var fields = 0
    for index in 0..<requestHead.section.count where requestHead.section.fields[index].kind == .apiKey { fields += 1 }
    return fields <= 1
  }

  /// Without the gate's prefix and the query.
  private func gatePath(_ entry: Int, _ bytes: Span<UInt8>) -> Range<Int> {
    let path = pathWithoutQuery(bytes)
    return min(path.lowerBound + routes.entries[entry].strippedPrefix, path.upperBound)..<path.upperBound
  }

  /// The door let it pass.
  mutating func passGate(_ exchange: Int32, _ entry: Int, _ user: Int32, _ bytes: Span<UInt8>) -> Int? {
    let index = Int(exchange)
    guard let call = exchanges[index].gate, let gate = configuration.gate else { return reject(exchange, status: 404) }
    let path = gatePath(entry, bytes)
    // The absolute form is the only one in which what was matched is not what stands first in the line.
    guard requestHead.authority == nil, !requestHead.isUpgrade,
      let verb = GateVerb(verb(bytes), bytes.extracting(path), gate.api)
    else { return reject(exchange, status: 403) }
    call.verb = verb
    call.key = user
    call.models = door.models(user)
    call.head = gateHead(path, bytes)
    exchanges[index].locationPrefix = routes.entries[entry].locationPrefix
    if verb == .inference { return beginGateBody(exchange, bytes, gate) }
    guard exchanges[index].request.isDone else { return reject(exchange, status: 400) }
    if case .model(let name) = verb, let models = call.models {
      let name = text(bytes, path.lowerBound + name.lowerBound..<path.lowerBound + name.upperBound)
      guard ModelNames.contain(name, models) else { return reject(exchange, status: 404) }
    }
    if verb == .list, call.models != nil || share.gate.hostCount > 1 { return askForList(exchange, path, bytes) }
    guard let host = share.gate.anyHost(with: nil), sendToModel(exchange, host) else { return reject(exchange, status: 502) }
    return requestHead.length
  }

  /// Leanto puts the list together: of several hosts, or of what this key may use.
  private mutating func askForList(_ exchange: Int32, _ path: Range<Int>, _ bytes: Span<UInt8>) -> Int? {
    let index = Int(exchange)
    exchanges[index].gate = nil
    let place = "/llm" + text(bytes, path)
    return startLocalCall(exchange, bytes) { $0.path = place }
  }

  /// Only what a model's server needs: no credentials, no Origin, no compression that would hide what is counted.
  private func gateHead(_ path: Range<Int>, _ bytes: Span<UInt8>) -> [UInt8] {
    var head: [UInt8] = []
    append(bytes, requestHead.method, to: &head)
    head.append(32)
    append(bytes, path.lowerBound..<requestHead.path.upperBound, to: &head)
    head += Array(" HTTP/1.1\r\n".utf8)
    for index in 0..<requestHead.section.count {
      let field = requestHead.section.fields[index]
      guard isForModel(bytes, field.name) else { continue }
      append(bytes, field.name, to: &head)
      head += [58, 32]
      append(bytes, field.value, to: &head)
      head += [13, 10]
    }
    return head
  }

  private func isForModel(_ bytes: Span<UInt8>, _ name: Range<Int>) -> Bool {
    let known: [StaticString] = ["accept", "content-type", "user-agent", "openai-beta", "anthropic-version", "anthropic-beta"]
    return known.contains { isField(bytes, name, $0) }
  }

  private func isField(_ bytes: Span<UInt8>, _ name: Range<Int>, _ text: StaticString) -> Bool {
    guard name.count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { wanted in
      for index in 0..<wanted.count where unsafe bytes[name.lowerBound + index] | 0x20 != wanted[index] | 0x20 { return false }
      return true
    }
  }
}

// MARK: The body

extension Worker {
  /// The body is read before anything else happens: it names the model, and a slow client holds no place in the queue.
  private mutating func beginGateBody(
    _ exchange: Int32, _ bytes: Span<UInt8>, _ gate: GatewayConfiguration.Gate
  ) -> Int? {
    let index = Int(exchange)
    guard let call = exchanges[index].gate else { return nil }
    for field in 0..<requestHead.section.count
    where isField(bytes, requestHead.section.fields[field].name, "content-encoding") {
      return reject(exchange, status: 415)
    }
    let limit = min(gate.body, configuration.limits.body)
    let expected = exchanges[index].request.isDone ? 0 : requestHead.section.contentLength ?? limit
    guard expected <= limit else { return reject(exchange, status: 413) }
    guard gateBytes + expected <= Self.bodyRoom else { return reject(exchange, status: 503, retryAfter: 5) }
    gateBytes += expected
    call.reserved = expected
    exchanges[index].bodyLimit = limit
    let head = requestHead.length
    guard !exchanges[index].request.isDone else {
      gateBodyEnded(exchange)
      return transport.isOpen(exchanges[index].client) ? head : nil
    }
    scratch.removeAll()
    if requestHead.section.expectsContinue, !requestHead.isVersion10 {
      scratch.append("HTTP/1.1 100 Continue\r\n\r\n")
      flush(exchange, toClient: true)
    }
    setDeadline(exchanges[index].client, now + configuration.timeouts.idle)
    return forwardBody(exchange, bytes, head)
  }

  mutating func gateBodyEnded(_ exchange: Int32) {
    let index = Int(exchange)
    guard let call = exchanges[index].gate, let gate = configuration.gate else { return fail(exchange, status: 404) }
    let body = call.body
    let question = GateQuestion(body.span)
    var model: String?
    if case .named(let name) = question.model { model = name }
    if let models = call.models {
      guard question.model != .unclear else { return fail(exchange, status: 400) }
      guard let model, ModelNames.contain(model, models) else {
        call.reason = "this key may not use that model (leanto key list)"
        return fail(exchange, status: 403)
      }
    }
    call.model = model
    call.takesComments = question.streams && call.form != .native && !exchanges[index].isVersion10
    call.giveUpAt = now + configuration.timeouts.upstream
    call.nextComment = now + gate.silence
    switch share.gate.enter(ticket: ticket(of: exchange), key: call.key, model: model, inbox) {
    case .go(let host): openGate(exchange, host)
    case .wait:
      call.stage = .waiting
      setDeadline(exchanges[index].client, call.deadline)
    case .full: fail(exchange, status: 503, retryAfter: 5)
    case .none: fail(exchange, status: 502)
    }
  }

  /// It is this request's turn.
  mutating func gateOpened(_ ticket: UInt64, _ host: Address, _ key: Int32) {
    guard let exchange = exchange(of: ticket), let call = exchanges[Int(exchange)].gate, call.stage == .waiting else {
      // Its client left while the news was on its way.
      return share.gate.leave(host, key: key)
    }
    openGate(exchange, host)
  }

  private mutating func openGate(_ exchange: Int32, _ host: Address) {
    exchanges[Int(exchange)].gate?.place = host
    if !sendToModel(exchange, host) { fail(exchange, status: 502) }
  }

  /// False: there is no way to the server.
  private mutating func sendToModel(_ exchange: Int32, _ host: Address) -> Bool {
    let index = Int(exchange)
    guard let call = exchanges[index].gate, let known = configuration.gate?.hosts.first(where: { $0.address == host }),
      let upstream = upstreams.firstIndex(where: { $0.address == host })
    else { return false }
    call.stage = .serving
    exchanges[index].upstreamIndex = Int32(upstream)
    guard takeUpstream(exchange), let connection = exchanges[index].upstream else { return false }
    var message = call.head + Array("Host: \(known.hostField)\r\n".utf8)
    call.hostField = call.head.count + 6..<message.count - 2
    if call.verb == .inference { message += Array("Content-Length: \(call.body.count)\r\n".utf8) }
    message += [13, 10]
    if call.verb != .inference { exchanges[index].replay = message }
    message += call.body
    freeBody(call)
    if peers[connection.index].phase == .connecting {
      exchanges[index].unsent = message
    } else {
      transport.write(connection, message.span)
    }
    call.giveUpAt = now + configuration.timeouts.upstream
    setDeadline(exchanges[index].client, call.deadline)
    return true
  }

  /// No connection to the server that this request was for: the next best, as an index into `upstreams`.
  mutating func nextModelHost(_ exchange: Int32) -> Int32? {
    let index = Int(exchange)
    guard let call = exchanges[index].gate, let place = call.place else { return nil }
    call.failed.append(place)
    guard let other = share.gate.move(from: place, model: call.model, without: call.failed) else { return nil }
    call.place = other
    guard let known = configuration.gate?.hosts.first(where: { $0.address == other }),
      let upstream = upstreams.firstIndex(where: { $0.address == other })
    else { return nil }
    exchanges[index].unsent.replaceSubrange(call.hostField, with: Array(known.hostField.utf8))
    call.hostField = call.hostField.lowerBound..<call.hostField.lowerBound + known.hostField.utf8.count
    return Int32(upstream)
  }

  private mutating func freeBody(_ call: GateCall) {
    gateBytes -= call.reserved
    call.reserved = 0
    call.body = []
  }

  /// However it ended: the place goes to the next, and the tokens to their key.
  mutating func leaveGate(_ exchange: Int32) {
    guard let call = exchanges[Int(exchange)].gate else { return }
    freeBody(call)
    if call.stage == .waiting { share.gate.cancel(ticket: ticket(of: exchange), inbox) }
    if let place = call.place { share.gate.leave(place, key: call.key) }
    let tokens = call.tokens
    guard tokens.prompt > 0 || tokens.generated > 0 else { return }
    let user = String(decoding: names[max(0, Int(exchanges[Int(exchange)].user))], as: UTF8.self)
    configuration.gate?.noteTokens(user, tokens.prompt, tokens.generated)
  }
}
