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

  @Test("What is read but not done yet is said")
  func notes() {
    var settings = StackSettings()
    settings.updates.apply = .all
    #expect(CheckReport(settings, file: "f").text(.plain).contains("  note      updates.apply: does not work yet"))
  }
}
