internal import Client
internal import Model

/// Which credentials go with a request.
enum ProbeCredentials: CaseIterable {
  case none, right, wrong, notBase64, noColon, twice

  var words: String {
    switch self {
    case .none: "no credentials"
    case .right: "right credentials"
    case .wrong: "a wrong password"
    case .notBase64: "credentials that are not Base64"
    case .noColon: "credentials without a colon"
    case .twice: "two Authorization fields"
    }
  }

  func fields(_ pass: ProbePass) -> [(name: String, value: String)] {
    let right = basicCredentials(user: pass.user, password: pass.password)
    let values: [String]
    switch self {
    case .none: values = []
    case .right: values = [right]
    case .wrong: values = [basicCredentials(user: pass.user, password: pass.password + "-wrong")]
    case .notBase64: values = ["Basic !!!"]
    case .noColon: values = ["Basic " + base64(Array(pass.user.utf8))]
    case .twice: values = [right, right]
    }
    return values.map { ("Authorization", $0) }
  }
}

/// One request as somebody outside would send it.
struct Probe {
  var method = "GET"
  var target: String
  var listener: ListenerKind
  /// The route's own host name, if it has one.
  var host: String?
  var credentials: ProbeCredentials
  /// What the tunnel's agent says the client's address is: one of the network for measurements (RFC 2544), a new one each time,
  /// so that no throttle ever meets a person.
  var client = "198.18.\(Int.random(in: 0...255)).\(Int.random(in: 1...254))"
  var fields: [(name: String, value: String)] = []
  var body: [UInt8]?
  var timeouts = ClientTimeouts(total: .seconds(15))

  func request(_ plan: VerificationPlan) -> ClientRequest? {
    guard let address = plan.listeners[listener] else { return nil }
    var request = ClientRequest(method, at: address, target: target, body: body, timeouts: timeouts)
    if let host = host ?? (listener == .tunnel ? plan.publicHost : nil) { request.fields.append(("Host", host)) }
    if listener == .tunnel {
      request.fields += [("X-Forwarded-For", client), ("X-Forwarded-Proto", "https")]
      if let host = plan.publicHost { request.fields.append(("X-Forwarded-Host", host)) }
    }
    request.fields += credentials.fields(plan.pass) + fields
    return request
  }

  /// `GET /n8n/ through the tunnel listener with no credentials`
  var words: String {
    let name = host.map { " (Host \($0))" } ?? ""
    return "\(method) \(target)\(name) through the \(listener.rawValue) listener with \(credentials.words)"
  }
}

/// What came back: enough of it to tell who answered.
struct Answer: Sendable {
  var head: ResponseHead
  /// The start of Leanto's own answers; of a service's nothing is read.
  var text = ""

  var status: Int { head.status }
  /// Leanto puts this field on the answers that it gives itself, and on no other.
  var isFromLeanto: Bool { head.values("Server").contains { $0.lowercased() == "leanto" } }
  var hasChallenge: Bool { head.values("WWW-Authenticate").contains { $0.lowercased().hasPrefix("basic ") } }
  /// Refused at the door, before anything else was asked.
  var isChallenge: Bool { isFromLeanto && status == 401 && hasChallenge }

  var words: String {
    guard isFromLeanto else { return "\(status) from the service" }
    let challenge = status == 401 ? (hasChallenge ? " with a challenge" : " without a challenge") : ""
    let line = text.split(whereSeparator: \.isNewline).first.map { ": \($0.prefix(160))" } ?? ""
    return "\(status) from Leanto\(challenge)\(challenge.isEmpty ? line : "")"
  }
}

extension Probe {
  /// The head of a service's answer, at which the connection is closed; of Leanto's own also the first 4 KiB.
  func send(_ plan: VerificationPlan, _ client: HTTPClient) async -> Result<Answer, ClientError> {
    guard let request = request(plan) else { return .failure(.invalidRequest("there is no \(listener.rawValue) listener")) }
    do throws(ClientError) {
      let stream = try await client.stream(request)
      var answer = Answer(head: stream.head)
      guard answer.isFromLeanto else { return .success(answer) }
      var bytes: [UInt8] = []
      for try await piece in stream where bytes.count < 4096 { bytes += piece.prefix(4096) }
      answer.text = String(decoding: bytes, as: UTF8.self)
      return .success(answer)
    } catch {
      return .failure(error)
    }
  }
}
