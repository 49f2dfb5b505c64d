internal import Client
internal import Model

extension Verifier {
  /// At the model's gate a key passes, nothing else does, and no key opens what changes the server.
  func modelGate(_ route: Route) async -> Proof {
    let subject = "model gate"
    guard let key = plan.gateKey else { return writer.skipped(subject, route.service, because: "there is no key to try it with") }
    guard let listener = outside else {
      return writer.skipped(subject, route.service, because: "no listener is reached from outside")
    }
    let gate = GateTrials(verifier: self, route: route, listener: listener, key: key)
    let trials = await [
      gate.expect(401, "GET", "v1/models", nil), gate.expect(401, "GET", "v1/models", .right), gate.passes("v1/models"),
      gate.expect(403, "POST", "api/pull", nil, key: key), gate.expect(403, "DELETE", "api/delete", nil, key: key),
      gate.expect(403, "POST", "api/%70ull", nil, key: key),
    ]
    return writer.proof(
      subject, route.service,
      sent:
        "\(route.host ?? "")\(route.prefix)v1/models without a key, with a password and with a key; api/pull and api/delete with one",
      received: trials.tally, trials)
  }
}

/// Requests at the gate, and what they should come to.
private struct GateTrials {
  let verifier: Verifier
  let route: Route
  let listener: ListenerKind
  let key: String

  func expect(_ status: Int, _ method: String, _ path: String, _ credentials: ProbeCredentials?, key: String? = nil) async
    -> Trial
  {
    let probe = probe(method, path, credentials ?? .none, key)
    return await tried(probe, key) { answer in
      guard !(answer.isFromLeanto && answer.status == status) else { return nil }
      return
        "The model's gate is open: write `llm: { expose: off }` into leanto.yaml and run 'leanto up' now; this is a fault in Leanto."
    }
  }

  /// A server that is down was asked all the same.
  func passes(_ path: String) async -> Trial {
    await tried(probe("GET", path, .none, key), key) { answer in
      let hasPassed = answer.status == 200 || !answer.isFromLeanto
      if hasPassed { return nil }
      return answer.status == 502 || answer.status == 504
        ? "The model's server does not answer: start it, or set llm.address in leanto.yaml, then run 'leanto verify' again."
        : "The gate refuses a right key: run 'leanto restart', then 'leanto verify' again."
    }
  }

  private func probe(_ method: String, _ path: String, _ credentials: ProbeCredentials, _ key: String?) -> Probe {
    var probe = Probe(
      method: method, target: route.prefix + path, listener: listener, host: route.host, credentials: credentials)
    if let key { probe.fields = [("X-API-Key", key), ("Content-Type", "application/json")] }
    if method == "POST" { probe.body = Array("{\"model\":\"leanto-verify:none\"}".utf8) }
    return probe
  }

  private func tried(_ probe: Probe, _ key: String?, _ remedy: (Answer) -> String?) async -> Trial {
    let words =
      "\(probe.method) \(probe.target) through the \(probe.listener.rawValue) listener with "
      + (key == nil ? probe.credentials.words : "a key")
    switch await verifier.send(probe) {
    case .failure(let error): return Trial(sent: words, received: "\(error)", remedy: Remedy.connection(error))
    case .success(let answer): return Trial(sent: words, received: answer.words, remedy: remedy(answer))
    }
  }
}
