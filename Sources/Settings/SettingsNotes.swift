extension SettingsFile {
  /// What `settings` asks for that this version takes but does not do yet, as `path: what happens instead`. Empty: everything
  /// works.
  package static func notes(_ settings: StackSettings) -> [String] {
    stackNotes(settings) + settings.services.flatMap { serviceNotes($0, settings.runner) }
  }

  private static func stackNotes(_ settings: StackSettings) -> [String] {
    let (gateway, access) = (settings.gateway, settings.access)
    let (alerts, plain) = (settings.alerts, StackSettings())
    let notes: [(isAsked: Bool, text: String)] = [
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
      (
        settings.tunnel.provider == .cloudflare || settings.tunnel.provider == .tailscale,
        "tunnel.provider: \(settings.tunnel.provider.rawValue) was never tried with the real agent; its state is only whether it runs"
      ),
      (settings.monitoring.metrics == .token, "monitoring.metrics: token does not work yet; there are no metrics"),
      (!alerts.channels.isEmpty || !alerts.routes.isEmpty, "alerts.channels: does not work yet; nothing is sent"),
      (alerts.heartbeat != nil, "alerts.heartbeat: does not work yet; nothing is called"),
      (settings.backups != plain.backups, "backups: does not work yet; nothing is backed up"),
      (settings.updates.apply != .off, "updates.apply: does not work yet; nothing is updated"),
    ]
    return notes.filter(\.isAsked).map(\.text)
  }

  private static func serviceNotes(_ service: ServiceSettings, _ runner: RunnerChoice) -> [String] {
    let path = "services.\(service.name)"
    let isNative = runner == .native || (service.image == nil && !service.command.isEmpty)
    let notes: [(isAsked: Bool, text: String)] = [
      (service.image != nil && isNative, "\(path).image: needs Docker; with runner: native it does not run"),
      (!service.volumes.isEmpty && isNative, "\(path).volumes: only containers have volumes"),
      (service.limits != .init() && isNative, "\(path).limits: only containers are limited; as a process it is not"),
    ]
    return notes.filter(\.isAsked).map(\.text)
  }
}
