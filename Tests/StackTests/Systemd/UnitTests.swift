import Model
import Settings
import Stack
import Testing

@Suite("The unit of systemd")
struct UnitTests {
  static func plan(_ machine: UnitPlan.Machine, at path: String = "/srv/home") -> UnitPlan {
    .make(settings: StackSettings(), directory: StackDirectory(path: path), machine: machine)
  }

  static let system = UnitPlan.Machine(scope: .system, program: "/usr/local/bin/leanto")

  private func values(_ key: String, _ plan: UnitPlan) -> [String] {
    plan.text.split(separator: "\n").filter { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
  }

  @Test("A unit of the system: where it lies, what it runs, as whom")
  func system() {
    let plan = Self.plan(Self.system)
    #expect(plan.name == "leanto-home.service")
    #expect(plan.path == "/etc/systemd/system/leanto-home.service")
    #expect(values("ExecStart", plan) == [#""/usr/local/bin/leanto" serve --stack "/srv/home""#])
    #expect(values("User", plan) == ["leanto"])
    #expect(values("Type", plan) == ["notify"])
    #expect(values("WatchdogSec", plan) == ["30s"])
    #expect(values("Restart", plan) == ["always"])
    #expect(values("After", plan) == ["network-online.target nss-lookup.target docker.service"])
    #expect(values("ReadWritePaths", plan) == [#""/srv/home""#])
    #expect(values("WantedBy", plan) == ["multi-user.target"])
    #expect(values("LoadCredential", plan).isEmpty)
  }

  @Test("Secrets are handed over as credentials")
  func credentials() {
    var machine = Self.system
    machine.credentials = ["tunnel-token"]
    #expect(values("LoadCredential", Self.plan(machine)) == ["tunnel-token:/srv/home/secrets/tunnel-token"])
  }

  @Test("Docker's group only where it was asked for")
  func docker() {
    var machine = Self.system
    #expect(values("SupplementaryGroups", Self.plan(machine)).isEmpty)
    machine.dockerGroup = true
    #expect(values("SupplementaryGroups", Self.plan(machine)) == ["docker"])
  }

  @Test("What would keep a new daemon from adopting the services of a killed one is not set")
  func adoption() {
    let plan = Self.plan(Self.system)
    #expect(values("KillMode", plan) == ["process"])
    #expect(values("PrivateUsers", plan).isEmpty && values("PrivateTmp", plan).isEmpty)
    #expect(values("TemporaryFileSystem", plan) == ["/tmp:mode=1777 /var/tmp:mode=1777"])
  }

  @Test("Of the homes it sees its stack and its program alone")
  func homes() {
    #expect(values("ProtectHome", Self.plan(Self.system)) == ["yes"])
    let inHome = Self.plan(Self.system, at: "/home/ada/leanto")
    #expect(values("ProtectHome", inHome) == ["tmpfs"])
    #expect(values("BindPaths", inHome) == [#""/home/ada/leanto""#])
    let program = Self.plan(UnitPlan.Machine(scope: .system, program: "/root/bin/leanto"))
    #expect(values("BindReadOnlyPaths", program) == [#""/root/bin/leanto""#])
  }

  @Test("A user's unit has no account, no order by the network, and lies in their folder")
  func user() {
    var machine = UnitPlan.Machine(scope: .user, program: "/home/ada/leanto", configuration: "/home/ada/.config")
    machine.credentials = ["tunnel-token"]
    let plan = Self.plan(machine, at: "/home/ada/stack")
    #expect(plan.path == "/home/ada/.config/systemd/user/leanto-home.service")
    #expect(values("User", plan).isEmpty && values("After", plan).isEmpty && values("ProtectSystem", plan).isEmpty)
    #expect(values("LoadCredential", plan).isEmpty)
    #expect(values("NoNewPrivileges", plan) == ["yes"])
    #expect(values("WantedBy", plan) == ["default.target"])
  }

  @Test("Words of a path mean nothing to systemd")
  func quoting() {
    let plan = Self.plan(Self.system, at: #"/srv/100% "x" $y\z"#)
    #expect(values("ExecStart", plan) == [#""/usr/local/bin/leanto" serve --stack "/srv/100%% \"x\" $$y\\z""#])
    #expect(values("WorkingDirectory", plan) == [#"/srv/100%% "x" $y\z"#])
  }

  @Test("It gets as long to stop as requests and services may take")
  func stopping() {
    var settings = StackSettings()
    settings.gateway.timeouts.drain = 300
    let plan = UnitPlan.make(settings: settings, directory: StackDirectory(path: "/srv/home"), machine: Self.system)
    #expect(values("TimeoutStopSec", plan) == ["390s"])
  }

  @Test("An installed unit says whose it is, and what was made for it")
  func installed() throws {
    var machine = Self.system
    machine.madeUser = true
    let plan = Self.plan(machine)
    let unit = try #require(InstalledUnit(name: plan.name, path: plan.path, scope: .system, text: plan.text))
    #expect(unit.stack == "/srv/home" && unit.user == "leanto" && unit.madeUser && !unit.madeLinger)
    #expect(InstalledUnit(name: "x", path: "x", scope: .system, text: "[Unit]\nStack=/srv/home\n") == nil)
  }
}
