extension SettingsFile {
  /// What `settings` asks for that this version takes but does not do yet, as `path: what happens instead`. Empty: everything
  /// works.
  package static func notes(_ settings: StackSettings) -> [String] {
    stackNotes(settings) + settings.services.flatMap(serviceNotes)
  }

  private static func stackNotes(_ settings: StackSettings) -> [String] {
    let (gateway, access) = (settings.gateway, settings.access)
    let (alerts, plain) = (settings.alerts, StackSettings())
    let notes: [(isAsked: Bool, text: String)] = [
      (settings.runner == .compose, "runner: compose does not work yet; services run natively"),
      (
        gateway.engine == .caddy && gateway.limits.connections != plain.gateway.limits.connections,
        "gateway.limits.connections: Caddy has no such limit; the built-in engine has"
      ),
      (
        gateway.engine == .caddy && gateway.limits.connectionsPerAddress != nil,
        "gateway.limits.connections-per-address: Caddy has no such limit; the built-in engine has"
      ),
      (
        gateway.certificate != plain.gateway.certificate && gateway.lan == nil,
        "gateway.certificate: is only used where gateway.lan is an address"
      ),
      (
        access.signIn == .page && access.session == nil,
        "access.sign-in: page needs sessions; with access.session: off people sign in by Basic Auth"
      ),
      (settings.tunnel.provider != .none, "tunnel.provider: does not work yet; start the tunnel's agent yourself"),
      (settings.monitoring.metrics == .token, "monitoring.metrics: token does not work yet; there are no metrics"),
      (!alerts.channels.isEmpty || !alerts.routes.isEmpty, "alerts.channels: does not work yet; nothing is sent"),
      (alerts.heartbeat != nil, "alerts.heartbeat: does not work yet; nothing is called"),
      (settings.backups != plain.backups, "backups: does not work yet; nothing is backed up"),
      (settings.updates.apply != .off, "updates.apply: does not work yet; nothing is updated"),
    ]
    return notes.filter(\.isAsked).map(\.text)
  }

  private static func serviceNotes(_ service: ServiceSettings) -> [String] {
    let path = "services.\(service.name)"
    let notes: [(isAsked: Bool, text: String)] = [
      (service.image != nil, "\(path).image: containers do not work yet; only a command or a preset runs"),
      (!service.volumes.isEmpty, "\(path).volumes: containers do not work yet"),
      (service.limits != .init(), "\(path).limits: does not work yet; the service is not limited"),
    ]
    return notes.filter(\.isAsked).map(\.text)
  }
}
