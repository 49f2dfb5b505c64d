import FoundationEssentials
import Settings
import Testing

@Suite("The commented example") struct ExampleSettingsTests {
  /// docs/leanto.example.yaml, found from this file.
  static let path =
    String(#filePath.dropLast("Tests/SettingsTests/ExampleSettingsTests.swift".count)) + "docs/leanto.example.yaml"

  private func example() throws -> StackSettings {
    try SettingsFile.load(path: Self.path, environment: [:])
  }

  @Test("It loads, with the services that it shows")
  func loads() throws {
    #expect(try example().services.map(\.name) == ["n8n", "flowise", "notes", "worker", "cache"])
  }

  @Test("What it does not call an example is the default")
  func defaults() throws {
    var settings = try example()
    settings.tunnel.domain = nil
    settings.llm.models = []
    settings.services = []
    settings.alerts.channels = [:]
    settings.alerts.routes = []
    settings.alerts.quiet = nil
    #expect(settings == StackSettings())
  }

  @Test(
    "It has every key that there is",
    arguments: [
      "QQ: 1", "gateway: { QQ: 1 }", "gateway: { limits: { QQ: 1 } }", "gateway: { timeouts: { QQ: 1 } }",
      "gateway: { certificate: { QQ: 1 } }",
      "access: { QQ: 1 }", "access: { throttle: { QQ: 1 } }", "tunnel: { QQ: 1 }", "llm: { QQ: 1 }",
      "services: { a: { preset: n8n, QQ: 1 } }",
      "services: { a: { preset: n8n, health: { QQ: 1 } } }", "services: { a: { preset: n8n, limits: { QQ: 1 } } }",
      "monitoring: { QQ: 1 }",
      "monitoring: { access-log: { QQ: 1 } }", "alerts: { QQ: 1 }", "alerts: { channels: { a: { QQ: 1 } } }",
      "alerts: { routes: [{ to: [], QQ: 1 }] }", "backups: { QQ: 1 }", "backups: { keep: { QQ: 1 } }", "updates: { QQ: 1 }",
    ])
  func keys(text: String) throws {
    // The message about a key that there is not lists those that there are.
    let marker = "is no key here; known: "
    let list = try #require(problems(of: text).map(\.message).first { $0.hasPrefix(marker) }).dropFirst(marker.count)
    let example = try String(contentsOfFile: Self.path, encoding: .utf8)
    for key in list.split(separator: ", ") {
      #expect(example.contains("\(key):"), "\(key) is missing in the example")
    }
  }

  @Test("Its notes say what of it does nothing yet")
  func notes() throws {
    #expect(
      SettingsFile.notes(try example()) == [
        "alerts.channels: does not work yet; nothing is sent",
        "services.worker.limits: only containers are limited; as a process it is not",
      ])
  }

  @Test("Defaults have no notes")
  func noNotes() throws {
    #expect(SettingsFile.notes(StackSettings()) == [])
    #expect(SettingsFile.notes(try settings("services: { n8n: { preset: n8n } }")) == [])
  }

  @Test(
    "Each setting that does nothing yet is noted by its path",
    arguments: [
      ("gateway: { engine: caddy, limits: { connections: 9 } }", "gateway.limits.connections"),
      ("gateway: { engine: caddy, limits: { connections-per-address: 9 } }", "gateway.limits.connections-per-address"),
      ("gateway: { certificate: { chain: a, key: b } }", "gateway.certificate"),
      ("access: { sign-in: page, session: off }", "access.sign-in"),
      ("tunnel: { provider: tailscale, domain: a.example }", "tunnel.provider"),
      ("monitoring: { metrics: token }", "monitoring.metrics"), ("alerts: { heartbeat: https://a.b }", "alerts.heartbeat"),
      ("backups: { at: 04:00 }", "backups"), ("updates: { apply: security }", "updates.apply"),
    ])
  func note(text: String, path: String) throws {
    let notes = SettingsFile.notes(try settings(text))
    #expect(notes.count == 1)
    #expect(notes.first?.hasPrefix("\(path): ") == true)
  }
}
