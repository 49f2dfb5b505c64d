internal import Client
internal import FoundationEssentials
internal import Model

extension Verifier {
  /// Through the internal listener, without credentials, to the service.
  func internalTraffic(_ route: Route) async -> Proof {
    await reach(route, "internal traffic", .internal, .none, "there is no internal listener (gateway.internal)")
  }

  /// Through the tunnel's listener, as its agent sends it, with right credentials, to the service.
  func externalTraffic(_ route: Route) async -> Proof {
    await reach(route, "external traffic", .tunnel, .right, "there is no tunnel listener (gateway.tunnel)")
  }

  private func reach(
    _ route: Route, _ subject: String, _ listener: ListenerKind, _ credentials: ProbeCredentials, _ missing: String
  ) async -> Proof {
    guard plan.listeners[listener] != nil else { return writer.skipped(subject, route.service, because: missing) }
    if let reason = plan.unavailable[route.service] { return writer.skipped(subject, route.service, because: reason) }
    let probe = Probe(target: route.prefix, listener: listener, host: route.host, credentials: credentials)
    switch await send(probe) {
    case .failure(let error):
      let trial = Trial(sent: probe.words, received: "\(error)", remedy: Remedy.connection(error))
      return writer.proof(subject, route.service, trial)
    case .success(let answer):
      let remedy = answer.isFromLeanto ? Remedy.notReached(route.service, answer.status) : nil
      return writer.proof(subject, route.service, Trial(sent: probe.words, received: answer.words, remedy: remedy))
    }
  }

  /// What the far end learns of a client behind the tunnel.
  func forwarded() async -> Proof {
    let subject = "external traffic"
    guard plan.listeners[.tunnel] != nil else {
      return writer.skipped(subject, "leanto", because: "there is no tunnel listener (gateway.tunnel)")
    }
    // Names that outsiders may not give themselves.
    let forged = ["Remote-User", "X-Forwarded-User", "X-Remote-User"].map { (name: $0, value: "intruder") }
    let probe = Probe(target: VerificationPlan.whoAmI, listener: .tunnel, credentials: .right, fields: forged)
    let sent = "\(probe.words), as X-Forwarded-For \(probe.client) over https"
    switch await send(probe) {
    case .failure(let error):
      return writer.proof(subject, "leanto", Trial(sent: sent, received: "\(error)", remedy: Remedy.connection(error)))
    case .success(let answer):
      return writer.proof(subject, "leanto", understood(answer, probe, sent))
    }
  }

  private func understood(_ answer: Answer, _ probe: Probe, _ sent: String) -> Trial {
    guard answer.isFromLeanto, answer.status == 200,
      let who = try? JSONDecoder().decode(WhoAmI.self, from: Data(answer.text.utf8))
    else { return Trial(sent: sent, received: answer.words, remedy: Remedy.notReached("leanto", answer.status)) }
    let expected = [
      ("client", who.client, probe.client), ("proto", who.proto, "https"), ("user", who.user, ProbePass.shownName),
      ("listener", who.listener, ListenerKind.tunnel.rawValue), ("host", who.host, plan.publicHost ?? who.host ?? ""),
    ]
    let wrong = expected.filter { $0.1 != $0.2 }
    guard !wrong.isEmpty else {
      return Trial(sent: sent, received: expected.map { "\($0.0) \($0.2)" }.joined(separator: ", "))
    }
    let told = wrong.map { "\($0.0) \($0.1 ?? "missing") instead of \($0.2)" }.joined(separator: ", ")
    let remedy =
      "The gateway misunderstands the tunnel's agent, so services and logs would see wrong clients: see that only the agent uses "
      + "gateway.tunnel, then run 'leanto check' and 'leanto restart'."
    return Trial(sent: sent, received: told, remedy: remedy)
  }
}
