internal import Client
internal import Model

extension Verifier {
  /// Without right credentials nothing answers but the door, on every listener that has one.
  func basicAuth(_ route: Route) async -> Proof {
    let subject = "basic auth"
    let listeners = guarded(route)
    guard !listeners.isEmpty else {
      let reason =
        route.authentication == .none
        ? "its door is off (auth: none) and there is no tunnel listener" : "there is no listener that asks for credentials"
      return writer.skipped(subject, route.service, because: reason)
    }
    guard let target = closedTarget(route) else {
      return writer.skipped(subject, route.service, because: "all of it is public by the settings")
    }
    var trials: [Trial] = []
    var sent: [String] = []
    for listener in listeners {
      let tried = wrongCredentials(at: listener, route)
      sent.append("through the \(listener.rawValue) listener with " + tried.map(\.words).joined(separator: ", "))
      for credentials in tried {
        let probe = Probe(target: target, listener: listener, host: route.host, credentials: credentials)
        trials.append(await refusal(of: probe, route))
      }
    }
    return writer.proof(
      subject, route.service, sent: "GET \(target) " + sent.joined(separator: "; "), received: trials.tally, trials)
  }

  /// Public paths pass without credentials, and nothing that only looks like them.
  func publicPaths(_ route: Route) async -> Proof {
    let subject = "public paths"
    let usual = route.authentication == .none ? guarded(route).first : outside
    guard let listener = usual else {
      return writer.skipped(subject, route.service, because: "there is no listener that asks for credentials")
    }
    var passed: [Trial] = []
    var refused: [Trial] = []
    for path in route.publicPaths {
      passed.append(await passage(of: path, route, listener))
      for target in lookAlikes(of: path, in: route) {
        let probe = Probe(target: target, listener: listener, host: route.host, credentials: .none)
        refused.append(await refusal(of: probe, route, mayBeUnknown: true))
      }
    }
    let names = route.publicPaths.map(\.path).joined(separator: ", ")
    return writer.proof(
      subject, route.service,
      sent: "\(names) and \(refused.count) look-alikes through the \(listener.rawValue) listener without credentials",
      received: "passed: \(passed.tally); refused: \(refused.tally)", passed + refused)
  }

  /// What the service's preset could open, and the settings do not, asks for credentials.
  func closedPaths(_ route: Route) async -> Proof {
    let subject = "public paths"
    let usual = route.authentication == .none ? guarded(route).first : outside
    guard let listener = usual, let paths = plan.closedPaths[route.service] else {
      return writer.skipped(subject, route.service, because: "there is no listener that asks for credentials")
    }
    var trials: [Trial] = []
    for path in paths {
      let target = path.isPrefix ? path.path + (path.path.hasSuffix("/") ? "" : "/") + "leanto-verify" : path.path
      let probe = Probe(target: target, listener: listener, host: route.host, credentials: .none)
      trials.append(await refusal(of: probe, route))
    }
    return writer.proof(
      subject, route.service,
      sent:
        "what is closed, \(paths.map(\.path).joined(separator: ", ")), through the \(listener.rawValue) listener without credentials",
      received: "refused: \(trials.tally)", trials)
  }

  /// Wrong passwords count at the door, so on this machine's own address only one is spent.
  private func wrongCredentials(at listener: ListenerKind, _ route: Route) -> [ProbeCredentials] {
    let spends = listener == .tunnel || route == plan.routes.first
    return ProbeCredentials.allCases.filter { $0 != .right && (spends || $0 != .wrong) }
  }

  /// `mayBeUnknown`: a 403 or 404 of Leanto's own refuses as well.
  private func refusal(of probe: Probe, _ route: Route, mayBeUnknown: Bool = false) async -> Trial {
    switch await send(probe) {
    case .failure(let error): return Trial(sent: probe.words, received: "\(error)", remedy: Remedy.connection(error))
    case .success(let answer):
      let isMalformed = mayBeUnknown || [.notBase64, .noColon, .twice].contains(probe.credentials)
      let others = (isMalformed ? [400] : []) + (mayBeUnknown ? [403, 404] : [])
      let isRefused = answer.isChallenge || (answer.isFromLeanto && others.contains(answer.status))
      guard !isRefused else { return Trial(sent: probe.words, received: answer.words) }
      let remedy =
        switch (answer.isFromLeanto, answer.status) {
        case (true, 429): Remedy.notReached(route.service, 429)
        case (true, 401): "The door refuses, but without a challenge, so no browser asks: run 'leanto logs' and 'leanto restart'."
        default: Remedy.open(route.service, isOurs: route.target == .local)
        }
      return Trial(sent: probe.words, received: answer.words, remedy: remedy)
    }
  }

  private func judge(_ answer: Answer, to probe: Probe, _ route: Route) -> Trial {
    guard answer.isFromLeanto else { return Trial(sent: probe.words, received: answer.words) }
    guard [502, 503, 504].contains(answer.status) else {
      let remedy =
        "The door refuses a public path: look at services.\(route.service).public with 'leanto check', then run 'leanto restart'."
      return Trial(sent: probe.words, received: answer.words, remedy: remedy)
    }
    // The door let it through; whether somebody should have answered is another question.
    guard plan.unavailable[route.service] == nil else {
      return Trial(sent: probe.words, received: "let through, to a service that is not there (\(answer.status))")
    }
    return Trial(sent: probe.words, received: answer.words, remedy: Remedy.notReached(route.service, answer.status))
  }

  private func passage(of path: PublicPath, _ route: Route, _ listener: ListenerKind) async -> Trial {
    // A name that nobody uses below a prefix, and no body for a path that may do something.
    let target = path.isPrefix ? path.path + (path.path.hasSuffix("/") ? "" : "/") + "leanto-verify" : path.path
    let probe = Probe(
      method: path.isPrefix ? "GET" : "HEAD", target: target, listener: listener, host: route.host, credentials: .none)
    switch await send(probe) {
    case .failure(let error): return Trial(sent: probe.words, received: "\(error)", remedy: Remedy.connection(error))
    case .success(let answer):
      return judge(answer, to: probe, route)
    }
  }
}
