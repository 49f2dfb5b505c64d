package import Model
package import Settings

/// Caddy in place of the built-in engine. It takes the connections; which request may pass, and where to, it asks Leanto over a
/// unix socket, so that its file holds neither routes nor rules and changes only with the gateway's own settings.
package struct CaddyPlan: Sendable, Hashable {
  package var listeners: [Listener]
  package var limits: GatewayLimits
  package var timeouts: GatewayTimeouts
  /// How many segments of a path may have to be taken off.
  package var depth: Int
  package var sockets = CaddySockets()

  package init(listeners: [Listener], limits: GatewayLimits, timeouts: GatewayTimeouts, routes: [Route]) {
    self.listeners = listeners
    self.limits = limits
    self.timeouts = timeouts
    depth = routes.filter(\.stripsPrefix).map { $0.prefix.count { $0 == "/" } - 1 }.max().map { max(1, $0) } ?? 1
  }

  /// The whole Caddyfile.
  package var file: String { Caddyfile(plan: self).text }

  /// Of the internal listener, in a Caddyfile that an earlier daemon wrote.
  package static func internalPort(in file: String) -> UInt16? {
    let sites = file.split(separator: "\n}\n").filter { $0.contains("import gateway internal") }
    let line = sites.first?.split(separator: "\n").last { $0.hasPrefix(":") }
    return line.flatMap { UInt16($0.dropFirst().prefix { $0.isNumber }) }
  }

  /// The name of its process among the services: in `leanto status`, `logs` and `restart`.
  package static let serviceName = "gateway"
  /// The first that has everything the file uses, and drops fields with underscores.
  package static let version = "2.11.4"
}

/// Where Leanto and Caddy meet: names in the stack's `run` folder, which is Caddy's working directory. A path of their own could be
/// longer than a socket's may be.
package struct CaddySockets: Sendable, Hashable {
  /// Caddy listens: its admin API.
  package var admin = "caddy-admin.sock"
  /// Leanto listens: questions, and pages of its own.
  package var engine = "engine.sock"
  /// Leanto listens: access records.
  package var records = "caddy-records.sock"

  package init() {}
}

extension CaddyPlan {
  /// Caddy as a child process: the one in PATH, or a container where Docker runs the stack's others.
  func service(commands: [String: String], container: CaddyContainer?, directory: StackDirectory) -> NativeService {
    let command = commands["caddy"].map { [$0] } ?? commands["docker"].flatMap { container?.command($0, in: directory) }
    let kind: NativeService.Kind =
      command.map { .process(process($0, directory)) } ?? .missing(command: "caddy", remedy: Self.remedy)
    return NativeService(
      name: Self.serviceName, kind: kind, address: .unix(path: directory.run + "/" + sockets.admin),
      health: .http(path: "/config/apps/http/servers", status: 200), startSeconds: 60)
  }

  /// Whoever sends requests for longer than the drain time is cut off.
  private func process(_ command: [String], _ directory: StackDirectory) -> ProcessPlan {
    ProcessPlan(
      command: command + ["run", "--config", "Caddyfile", "--adapter", "caddyfile"],
      environment: ["XDG_CONFIG_HOME": directory.run + "/caddy", "XDG_DATA_HOME": directory.run + "/caddy"],
      directory: directory.run, stopSeconds: Int(timeouts.drain.rounded(.up)) + 1)
  }

  /// In a container, of Docker's own library.
  package static let image = "caddy:2.11"

  package static let remedy =
    "Install Caddy \(version) or later (https://caddyserver.com/docs/install; Debian's own is too old), or write `engine: builtin`."
}
