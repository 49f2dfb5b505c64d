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
