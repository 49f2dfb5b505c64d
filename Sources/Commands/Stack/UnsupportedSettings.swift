import Settings

/// Settings that are understood but not acted on by this version: said, not passed over.
enum UnsupportedSettings {
  static func notes(on settings: StackSettings) -> [String] {
    gateway(settings) + access(settings.access) + llm(settings.llm) + settings.services.flatMap(service) + rest(settings)
  }

  private static func gateway(_ settings: StackSettings) -> [String] {
    [
      settings.runner == .compose ? "runner: compose is not there yet; services run natively" : nil,
      settings.gateway.engine == .caddy ? "gateway.engine: caddy is not there yet; the built-in gateway runs" : nil,
      settings.gateway.lan != nil ? "gateway.lan: the LAN listener is not there yet; nothing listens on it" : nil,
      settings.gateway.limits.connectionsPerAddress != nil ? "gateway.limits.connections-per-address is not enforced yet" : nil,
      settings.tunnel.provider != .none
        ? "tunnel.provider: the tunnel's agent is not started yet; start it yourself towards gateway.tunnel" : nil,
    ].compactMap(\.self)
  }

  /// Only what was asked for in so many words: the defaults name what is to come.
  private static func access(_ access: AccessSettings) -> [String] {
    let usual = AccessSettings()
    return [
      access.signIn == .page ? "access.sign-in: the sign-in page is not there yet; Basic Auth is asked for" : nil,
      access.session != usual.session && access.session != nil ? "access.session: sessions are not there yet" : nil,
      access.throttle != usual.throttle && access.throttle != nil
        ? "access.throttle: wrong passwords are not throttled yet" : nil,
    ].compactMap(\.self)
  }

  private static func llm(_ llm: LLMSettings) -> [String] {
    llm.expose == .keys ? ["llm.expose: API keys are not there yet; the model is not exposed"] : []
  }

  private static func service(_ service: ServiceSettings) -> [String] {
    let path = "services.\(service.name)"
    return [
      service.image != nil && service.command.isEmpty && service.upstream == nil && service.preset == nil
        ? "\(path).image: containers are not there yet; give it a command or an upstream" : nil,
      service.limits.memory != nil || service.limits.cpus != nil ? "\(path).limits: not enforced yet" : nil,
    ].compactMap(\.self)
  }

  private static func rest(_ settings: StackSettings) -> [String] {
    [
      settings.alerts.channels.isEmpty ? nil : "alerts: alerts are not sent yet",
      settings.backups != BackupSettings() ? "backups: backups are not made yet" : nil,
      settings.updates != UpdateSettings() ? "updates: updates are not applied yet" : nil,
      settings.monitoring.metrics != .off ? "monitoring.metrics: metrics are not served yet" : nil,
    ].compactMap(\.self)
  }
}
