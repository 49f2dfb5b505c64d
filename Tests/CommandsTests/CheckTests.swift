import Model
import Settings
import Testing

@testable import Commands

@Suite("leanto check")
struct CheckTests {
  static let problems = [
    SettingsProblem(
      file: "/s/leanto.yaml", line: 7, path: "gateway.local", message: "should be host:port, such as 127.0.0.1:8080"),
    SettingsProblem(file: "/s/leanto.yaml", line: 0, path: "", message: "is empty\u{1B}[2J"),
  ]

  @Test("Right settings are summed up")
  func right() async {
    let world = World(["check"])
    var settings = StackSettings()
    settings.services = [ServiceSettings(name: "n8n"), ServiceSettings(name: "notes")]
    world.settings(settings)
    #expect(await world.run() == .done)
    #expect(
      world.output.value == """
        OK \(world.folder)/leanto.yaml
          stack     home
          services  n8n, notes

        """)
    #expect(world.errors.value == "")
  }

  @Test("All problems go to standard error, with file, line and path, and nothing that moves the terminal")
  func wrong() async {
    let world = World(["check"])
    world.problems(Self.problems)
    #expect(await world.run() == .settings)
    #expect(world.output.value == "")
    #expect(
      world.errors.value == """
        /s/leanto.yaml:7: gateway.local: should be host:port, such as 127.0.0.1:8080
        /s/leanto.yaml: is empty?[2J

        """)
  }

  @Test("As JSON, right or wrong, on standard output")
  func json() async {
    let world = World(["check", "--json"])
    world.problems([Self.problems[0]])
    #expect(await world.run() == .settings)
    #expect(world.errors.value == "")
    #expect(
      world.output.value == """
        {
          "file" : "\(world.folder)/leanto.yaml",
          "isRight" : false,
          "notes" : [

          ],
          "problems" : [
            {
              "file" : "/s/leanto.yaml",
              "line" : 7,
              "message" : "should be host:port, such as 127.0.0.1:8080",
              "path" : "gateway.local"
            }
          ],
          "services" : [

          ]
        }

        """)
  }

  @Test("Default settings have no notes")
  func noNotes() {
    #expect(UnsupportedSettings.notes(on: StackSettings()) == [])
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var path: String
    var change: @Sendable (inout StackSettings) -> Void

    init(_ path: String, _ change: @escaping @Sendable (inout StackSettings) -> Void) {
      self.path = path
      self.change = change
    }

    var testDescription: String { path }
  }

  static let cases = [
    Case("runner") { $0.runner = .compose }, Case("gateway.engine") { $0.gateway.engine = .caddy },
    Case("gateway.lan") { $0.gateway.lan = Address("192.168.1.2:8443") }, Case("tunnel.provider") { $0.tunnel.provider = .ngrok },
    Case("gateway.limits") { $0.gateway.limits.connectionsPerAddress = 5 },
    Case("access.sign-in") { $0.access.signIn = .page }, Case("access.session") { $0.access.session = 60 },
    Case("access.throttle") { $0.access.throttle?.wrong = 9 }, Case("llm.expose") { $0.llm.expose = .keys },
    Case("alerts") { $0.alerts.channels = ["a": .ntfy(url: "https://x")] }, Case("backups") { $0.backups.to = "elsewhere" },
    Case("updates") { $0.updates.apply = .all }, Case("monitoring.metrics") { $0.monitoring.metrics = .token },
    Case("services.x.image") {
      $0.services = [ServiceSettings(name: "x")]
      $0.services[0].image = "x:1"
    },
    Case("services.x.limits") {
      $0.services = [ServiceSettings(name: "x")]
      $0.services[0].limits.cpus = 1
    },
  ]

  @Test("What is read but not done yet is said", arguments: cases)
  func notes(of example: Case) {
    var settings = StackSettings()
    example.change(&settings)
    let notes = UnsupportedSettings.notes(on: settings)
    #expect(notes.count == 1)
    #expect(notes.first?.hasPrefix(example.path) == true)
    #expect(CheckReport(settings, file: "f").text(.plain).contains("  note      \(example.path)"))
  }
}
