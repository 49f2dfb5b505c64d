/// All of leanto.yaml, with every default filled in. What each key means: docs/leanto.example.yaml.
package struct StackSettings: Sendable, Hashable {
  package var name = "home"
  package var runner = RunnerChoice.auto
  package var gateway = GatewaySettings()
  package var access = AccessSettings()
  package var tunnel = TunnelSettings()
  package var llm = LLMSettings()
  /// In the file's order.
  package var services: [ServiceSettings] = []
  package var monitoring = MonitoringSettings()
  package var alerts = AlertSettings()
  package var backups = BackupSettings()
  package var updates = UpdateSettings()

  package init() {}
}

package enum RunnerChoice: String, Sendable, CaseIterable { case auto, compose, native }
package enum EngineChoice: String, Sendable, CaseIterable { case auto, caddy, builtin }

extension StackSettings: SettingsSection {
  mutating func read(_ section: Section) {
    section.take("name", into: &name, .plainName)
    section.take("runner", into: &runner, .choice)
    section.take("gateway", into: &gateway, .section)
    section.take("access", into: &access, .section)
    section.take("tunnel", into: &tunnel, .section)
    section.take("llm", into: &llm, .section)
    section.take("services", into: &services, .services)
    section.take("monitoring", into: &monitoring, .section)
    section.take("alerts", into: &alerts, .section)
    section.take("backups", into: &backups, .section)
    section.take("updates", into: &updates, .section)
  }
}
