import Model
import Settings
import Stack
import Testing

@testable import Commands

@Suite("leanto service")
struct ServiceTests {
  /// Commands of the machine that were run, and the units that lie in a folder of the test.
  private final class Machine: Sendable {
    let commands = Box<[[String]]>([])
    let units = Box<[InstalledUnit]>([])
    let answers = Box<[String: CommandResult]>([:])
    let facts = Box(ServiceMachineFacts())

    init(_ world: World) {
      facts.change {
        $0.hasSystemd = true
        $0.isRoot = true
        $0.userName = "ada"
        $0.owner = "root"
        $0.program = "/usr/local/bin/leanto"
        $0.configuration = world.folder + "/config"
      }
      let (commands, units, answers, facts) = (commands, units, answers, facts)
      world.environment.serviceManager = ServiceManagerAccess(
        units: { units.value }, machine: { _ in facts.value },
        run: { command in
          commands.change { $0.append(command) }
          let words = command.joined(separator: " ")
          let properties =
            "ActiveState=active\nUnitFileState=enabled\nMainPID=77\nNRestarts=2\nStatusText=Serving\nResult=success\n"
          return answers.value.first { words.contains($0.key) }?.value
            ?? CommandResult(status: 0, text: words.contains("show") ? properties : "")
        })
      world.settings()
    }

    func install(_ world: World, scope: UnitPlan.Scope = .user, madeLinger: Bool = false) {
      var machine = UnitPlan.Machine(scope: scope, program: "/usr/local/bin/leanto", configuration: world.folder + "/config")
      machine.madeLinger = madeLinger
      machine.madeUser = scope == .system
      let plan = UnitPlan.make(settings: StackSettings(), directory: world.stack, machine: machine)
      world.add("config/systemd/user/leanto-home.service", plan.text)
      let path = world.folder + "/config/systemd/user/leanto-home.service"
      units.change { $0 = [InstalledUnit(name: plan.name, path: path, scope: scope, text: plan.text)!] }
    }

    var lines: [String] { commands.value.map { $0.joined(separator: " ") } }
  }

  @Test("install --user writes the unit, switches lingering on, starts it and shows it")
  func installUser() async {
    let world = World(["service", "install", "--user"])
    let machine = Machine(world)
    #expect(await world.run() == .done, "\(world.errors.value)")
    let text = world.text(of: "config/systemd/user/leanto-home.service") ?? ""
    #expect(text.contains("ExecStart=\"/usr/local/bin/leanto\" serve --stack \"\(world.folder)\""))
    #expect(text.contains("MadeLinger=yes"))
    #expect(
      machine.lines.map { $0.split(separator: "--no-ask-password ").last.map(String.init) ?? "" } == [
        "loginctl enable-linger ada", "daemon-reload", "reset-failed leanto-home.service", "enable leanto-home.service",
        "restart leanto-home.service",
        "show leanto-home.service --property ActiveState,UnitFileState,MainPID,NRestarts,StatusText,Result",
      ])
    #expect(machine.lines[1] == "systemctl --user --no-ask-password daemon-reload")
    #expect(
      world.output.value == """
        Unit        leanto-home.service
        State       active, process 77, starts with the machine
        Restarts    2
        Says        Serving

        """)
  }

  @Test("The system's needs root, systemd, and a program that its account may run", arguments: [0, 1, 2])
  func refusals(number: Int) async {
    let world = World(["service", "install"])
    let machine = Machine(world)
    machine.facts.change {
      switch number {
      case 0: $0.isRoot = false
      case 1: $0.hasSystemd = false
      default: $0.closedPath = "/opt/private"
      }
    }
    #expect(await world.run() == [.failed, .missing, .failed][number])
    #expect(world.errors.value.contains(["sudo leanto service install", "/etc/wsl.conf", "install -m 755"][number]))
    #expect(machine.commands.value.isEmpty)
  }

  @Test("What the machine refuses is told in its own words, with the journal")
  func fails() async {
    let world = World(["service", "install", "--user"])
    let machine = Machine(world)
    machine.answers.change {
      $0["restart"] = CommandResult(status: 1, text: "Job for leanto-home.service failed\n")
      $0["journalctl"] = CommandResult(status: 0, text: "leanto: the port is taken\n")
    }
    #expect(await world.run() == .failed)
    #expect(world.errors.value.contains("Job for leanto-home.service failed"))
    #expect(world.errors.value.contains("the port is taken"))
  }

  @Test("remove takes away the unit and what install made")
  func remove() async {
    let world = World(["service", "remove"])
    let machine = Machine(world)
    machine.install(world, madeLinger: true)
    world.environment.daemon.endLeftovers = { _ in [] }
    #expect(await world.run() == .done, "\(world.errors.value)")
    #expect(world.text(of: "config/systemd/user/leanto-home.service") == nil)
    #expect(machine.lines.contains("systemctl --user --no-ask-password disable --now leanto-home.service"))
    #expect(machine.lines.contains("loginctl disable-linger ada"))
    let again = World(["service", "remove"])
    _ = Machine(again)
    #expect(await again.run() == .done)
    #expect(again.output.value.hasSuffix("has no unit\n"))
  }

  @Test("A system's unit gives the stack back to root and removes its account")
  func removeSystem() async {
    let world = World(["service", "remove"])
    let machine = Machine(world)
    machine.install(world, scope: .system)
    let units = machine.units
    world.environment.daemon.endLeftovers = { _ in
      units.change { $0 = [] }
      return []
    }
    #expect(await world.run() == .done)
    #expect(machine.lines.contains("chown --recursive --no-dereference root:root \(world.folder)"))
    #expect(machine.lines.contains("userdel leanto"))
  }

  @Test("down stops the unit, which would start the daemon again otherwise")
  func down() async throws {
    let world = World(["down"])
    let machine = Machine(world)
    machine.install(world)
    world.environment.daemon.endLeftovers = { _ in [] }
    #expect(await world.run() == .done)
    #expect(machine.lines == ["systemctl --user --no-ask-password stop leanto-home.service"])
  }

  @Test("up starts the unit")
  func up() async throws {
    let world = World(["up"])
    let machine = Machine(world)
    machine.install(world)
    world.statuses([nil, .healthy])
    world.proofs([.proven])
    world.environment.users.list = { _ in ["ada"] }
    world.environment.terminal.writeError = { _ in }
    #expect(await world.run() == .done, "\(world.errors.value)")
    #expect(
      machine.lines == [
        "systemctl --user --no-ask-password reset-failed leanto-home.service",
        "systemctl --user --no-ask-password start leanto-home.service",
      ])
  }

  @Test("status shows a unit that failed with its journal, and is exit code 1")
  func status() async {
    let world = World(["service", "status"])
    let machine = Machine(world)
    machine.install(world)
    machine.answers.change {
      $0["show"] = CommandResult(status: 0, text: "ActiveState=failed\nUnitFileState=disabled\nMainPID=0\nResult=watchdog\n")
      $0["journalctl"] = CommandResult(status: 0, text: "last words\n")
    }
    #expect(await world.run() == .failed)
    #expect(world.output.value.contains("failed, does not start with the machine, ended last with watchdog"))
    #expect(world.output.value.contains("  | last words\n"))
    let none = World(["service", "status"])
    _ = Machine(none)
    #expect(await none.run() == .missing)
  }

  @Test("JOURNAL_STREAM names the descriptor that the journal reads")
  func journal() {
    #expect(LiveJournal.names("8:4711", device: 8, inode: 4711))
    #expect(!LiveJournal.names("8:4712", device: 8, inode: 4711))
  }
}
