import Model
import Settings

extension StackPlan {
  /// The plan as lines for a person. No secret is in it: hidden variables show only that they are set.
  package var text: String {
    (gatewayLines + services.flatMap(serviceLines) + routes.flatMap(routeLines) + endLines).joined(separator: "\n") + "\n"
  }

  private var gatewayLines: [String] {
    ["origin \(origin)", "workers \(workers)"]
      + listeners.map { "listen \($0.kind.rawValue) \($0.address)" }
      + directories.map { "directory \($0)" }
      + requiredSecrets.map { "secret \($0.name): \($0.kind.text)" }
  }

  private func serviceLines(_ service: NativeService) -> [String] {
    var lines = ["", "service \(service.name)"]
    lines += places[service.name].map { ["  at \($0.at), \($0.url)"] } ?? []
    lines += service.address.map { ["  answers at \($0)"] } ?? []
    lines += kindLines(service.kind, hidden: hiddenVariables[service.name] ?? [])
    lines.append("  health \(service.health.text), within \(service.startSeconds) s")
    if !service.after.isEmpty { lines.append("  after \(service.after.joined(separator: ", "))") }
    lines += claims.filter { $0.service == service.name }.map { "  \($0.text)" }
    return lines
  }

  private func kindLines(_ kind: NativeService.Kind, hidden: Set<String>) -> [String] {
    switch kind {
    case .address: ["  runs elsewhere"]
    case .container(let image): ["  container of \(image)"]
    case .missing(let command, let remedy): ["  missing \(command.isEmpty ? "a command" : command): \(remedy)"]
    case .process(let process):
      ["  run \(process.command.joined(separator: " "))", "  in \(process.directory), \(process.stopSeconds) s to stop"]
        + process.environment.sorted { $0.key < $1.key }.map { "  \($0.key)=\(hidden.contains($0.key) ? "(hidden)" : $0.value)" }
    }
  }

  private func routeLines(_ route: Route) -> [String] {
    var lines = ["", "route \(route.host ?? "*")\(route.prefix) to \(route.service)\(route.target.text)"]
    if route.stripsPrefix { lines.append("  without the prefix") }
    lines.append(route.authentication == .door ? "  behind the door" : "  open, but for the tunnel")
    lines += route.publicPaths.map { "  public \($0.path)\($0.isPrefix ? "…" : "")" }
    if !route.withheldCookies.isEmpty { lines.append("  without cookies \(route.withheldCookies.joined(separator: ", "))") }
    if let paths = route.upgradePaths { lines.append("  websockets \(paths.isEmpty ? "none" : paths.joined(separator: ", "))") }
    return lines
  }

  private var endLines: [String] {
    let model = model.map {
      ["", "model \($0.name ?? "(the server's first)") by \($0.api.rawValue) at \($0.servers.joined(separator: ", "))"]
    }
    return (model ?? []) + (warnings.isEmpty ? [] : [""] + warnings.map { "warning \($0)" })
  }
}

extension SecretRequirement.Kind {
  var text: String {
    switch self {
    case .key: "random key"
    case .password: "password"
    case .bcrypt(let of): "bcrypt of \(of)"
    }
  }
}

extension HealthCheck {
  var text: String {
    switch self {
    case .http(let path, let status, let contains): "GET \(path) is \(status)" + (contains.map { " with \($0)" } ?? "")
    case .tcp: "it accepts connections"
    case .command(let command): "`\(command.joined(separator: " "))` succeeds"
    case .none: "it runs"
    }
  }
}

extension RouteTarget {
  fileprivate var text: String {
    switch self {
    case .upstream(let address): " at \(address)"
    case .local: "'s own pages"
    case .model: ": the model, for keys (docs/llm.md)"
    }
  }
}

extension ClaimPlan {
  fileprivate var text: String {
    let how = claim.map { "\($0.method) \($0.path)" } ?? "its environment"
    return "owner \(account.email), password in secrets/\(account.passwordSecret), by \(how)"
  }
}
