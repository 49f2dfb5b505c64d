internal import Client
internal import FoundationEssentials
internal import Model

/// One request as a visitor on the internet sends it: to the tunnel's public address.
struct VisitorProbe {
  var target: String
  var credentials = ProbeCredentials.none
  /// Instead of the public name.
  var host: String?
  var fields: [(name: String, value: String)] = []

  static let browser = [
    (name: "User-Agent", value: "Mozilla/5.0 (X11; Linux x86_64) leanto-verify"), (name: "Accept", value: "text/html"),
  ]

  var words: String {
    let name = host.map { " (Host \($0))" } ?? ""
    let more = fields.isEmpty ? "" : ", " + fields.map(\.name).joined(separator: ", ")
    return "GET \(target)\(name) by the internet with \(credentials.words)\(more)"
  }

  /// Nil: `url` is no address.
  func request(_ url: String, _ pass: ProbePass) -> ClientRequest? {
    guard let parts = url.firstMatch(of: #/^(https?)://([^/:]+)(?::(\d+))?/?$/#) else { return nil }
    let isSecure = parts.1 == "https"
    guard let port = parts.3.map({ UInt16($0) }) ?? (isSecure ? 443 : 80) else { return nil }
    var request = ClientRequest(
      scheme: isSecure ? .https : .http, host: String(parts.2), port: port, target: target,
      timeouts: ClientTimeouts(connect: .seconds(10), total: .seconds(20)))
    if let host { request.fields.append(("Host", host)) }
    request.fields += credentials.fields(pass) + fields
    return request
  }
}

/// What came back to a visitor.
struct VisitorAnswer {
  var response: ClientResponse

  var status: Int { response.status }
  /// ngrok's own answer; what it leads to cannot set this field.
  var ngrokCode: Int? { response.field("ngrok-error-code").flatMap { NgrokErrors.code(in: $0) } }
  var isFromLeanto: Bool { Answer(head: response.head).isFromLeanto }

  var words: String {
    if let ngrokCode { return "\(status) from ngrok (ERR_NGROK_\(ngrokCode))" }
    return Answer(head: response.head).words
  }
}

extension Verifier {
  private static let subject = "tunnel"

  /// The proofs of a tunnel: none without one.
  var tunnelSteps: [Proofs.Step] {
    guard let tunnel = plan.tunnel else { return [] }
    guard tunnel.state == .online || tunnel.state == .flapping, let url = tunnel.url else {
      let reason = tunnel.problem.map { "\($0.code) \($0.meaning)" } ?? "see: leanto tunnel status"
      return [{ writer.skipped(Self.subject, "agent", because: "the tunnel is \(tunnel.state.rawValue): \(reason)") }]
    }
    return [
      { await arrival(url) }, { await tunnelDoor(url) }, { await isolation(url, tunnel) }, { await warningPage(url) },
    ]
  }

  /// By the internet, with right credentials, to Leanto, which knows where the visitor came in.
  private func arrival(_ url: String) async -> Proof {
    let probe = VisitorProbe(target: VerificationPlan.whoAmI, credentials: .right)
    return await visit(url, "agent", [probe]) { answer in
      guard answer.status == 200, answer.isFromLeanto,
        let who = try? JSONDecoder().decode(WhoAmI.self, from: Data(answer.response.body))
      else { return (answer.words, Self.remedy(answer)) }
      let name = AgentObserver.host(of: who.host ?? "")
      let told =
        "client \(who.client ?? "unknown"), \(who.proto ?? "unknown"), host \(name), listener \(who.listener ?? "unknown")"
      let isRight = who.listener == ListenerKind.tunnel.rawValue && who.user == ProbePass.shownName && who.proto == "https"
      return (told, isRight && name == plan.publicHost ? nil : Self.confused)
    }
  }

  /// By the internet, without credentials: nothing but the door.
  private func tunnelDoor(_ url: String) async -> Proof {
    let closed = plan.routes.compactMap { route in route.host == nil ? closedTarget(route) : nil }
    let probes = closed.flatMap { target in [.none, .wrong].map { VisitorProbe(target: target, credentials: $0) } }
    return await visit(url, "door", probes) { answer in
      (answer.words, Answer(head: answer.response.head).isChallenge ? nil : Self.open)
    }
  }

  /// What else listens on this machine is not reached, however it is asked for; and the agent has no other way in.
  private func isolation(_ url: String, _ tunnel: TunnelStatus) async -> Proof {
    if let stray = tunnel.strayEndpoints.first {
      let trial = Trial(
        sent: "the list of the agent's endpoints was asked for", received: "it leads \(stray)", remedy: Self.stray)
      return writer.proof(Self.subject, "isolation", trial)
    }
    let others = [plan.listeners[.internal]?.description, tunnel.api].compactMap { $0 }
    let hosts = others.flatMap { place in
      [
        VisitorProbe(target: VerificationPlan.whoAmI, host: place),
        VisitorProbe(target: "http://\(place)\(VerificationPlan.whoAmI)"),
        VisitorProbe(target: VerificationPlan.whoAmI, fields: [("X-Forwarded-Host", place), ("Forwarded", "host=\"\(place)\"")]),
      ]
    }
    // The agent's API and the control socket, with credentials of the door: they open neither.
    let inside = ["/api/status", "/api/endpoints", "/api/tunnels", "/status", "/lockouts"].map {
      VisitorProbe(target: $0, credentials: .right)
    }
    return await visit(url, "isolation", hosts + inside) { answer in
      let text = answer.response.text
      let isInside =
        ["\"agent_version\"", "\"endpoints\":", "\"tunnels\":", "\"processIdentifier\""].contains { text.contains($0) }
        || text.contains("\"listener\":\"internal\"")
      return (answer.words, isInside ? Self.open : nil)
    }
  }

  /// Not a promise of Leanto's, but what a visitor of a free domain sees first.
  private func warningPage(_ url: String) async -> Proof {
    let browser = VisitorProbe(target: "/leanto/", fields: VisitorProbe.browser)
    let program = VisitorProbe(
      target: "/leanto/", fields: VisitorProbe.browser + [("ngrok-skip-browser-warning", "1")])
    guard let seen = await answer(browser, url), seen.ngrokCode == 6024 else {
      return await visit(url, "browsers", [browser]) { ($0.words + ", no warning page before it", Self.unless($0)) }
    }
    return await visit(url, "browsers", [program]) { answer in
      let told =
        "ngrok shows browsers its warning page first (ERR_NGROK_6024), once in 7 days; with the field it is \(answer.words)"
      return (told, answer.ngrokCode == nil ? nil : Self.remedy(answer))
    }
  }

  // MARK: Parts

  private func answer(_ probe: VisitorProbe, _ url: String) async -> VisitorAnswer? {
    guard let request = probe.request(url, plan.pass), let response = try? await client.send(request) else { return nil }
    return VisitorAnswer(response: response)
  }

  /// `judge`: what to tell, and what to do where it is wrong.
  private func visit(
    _ url: String, _ name: String, _ probes: [VisitorProbe], _ judge: (VisitorAnswer) -> (String, String?)
  ) async -> Proof {
    var trials: [Trial] = []
    for probe in probes {
      guard let request = probe.request(url, plan.pass) else {
        return writer.skipped(Self.subject, name, because: "the agent's address is not understood: \(url)")
      }
      do throws(ClientError) {
        let (received, remedy) = judge(VisitorAnswer(response: try await client.send(request)))
        trials.append(Trial(sent: probe.words, received: received, remedy: remedy))
      } catch {
        trials.append(Trial(sent: probe.words, received: "\(error)", remedy: Self.unreachable))
      }
    }
    let sent = probes.count == 1 ? probes[0].words : "\(probes.count) requests by the internet: \(Self.list(probes))"
    return writer.proof(Self.subject, name, sent: "\(sent), to \(url)", received: trials.tally, trials)
  }

  private static func list(_ probes: [VisitorProbe]) -> String {
    var targets: [String] = []
    for target in probes.map({ $0.host.map { "Host \($0)" } ?? $0.target }) where !targets.contains(target) {
      targets.append(target)
    }
    return targets.joined(separator: ", ")
  }

  private static func unless(_ answer: VisitorAnswer) -> String? { answer.ngrokCode == nil ? nil : remedy(answer) }

  private static func remedy(_ answer: VisitorAnswer) -> String {
    guard let code = answer.ngrokCode else {
      return "Run 'leanto tunnel check', then 'leanto restart tunnel' and 'leanto verify'."
    }
    let problem = NgrokErrors.problem(code)
    return "\(problem.meaning) \(problem.remedy)"
  }

  private static let unreachable =
    "The public address does not answer: run 'leanto tunnel status'; this machine may also have no way to the internet."
  private static let confused =
    "The agent leads visitors elsewhere than to gateway.tunnel, or under another name: run 'leanto tunnel check'."
  private static let open =
    "The tunnel lets strangers in: run 'leanto tunnel down' now, then 'leanto check' and 'leanto tunnel check'."
  private static let stray =
    "Somebody opened another way in through the agent: run 'leanto restart tunnel', and see who uses its API at 127.0.0.1:4040."
}
