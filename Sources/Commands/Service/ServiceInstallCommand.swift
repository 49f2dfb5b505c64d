import CommandLineParser
import Model
import Settings
import Stack

enum ServiceInstallCommand: Command {
  private static let user = Option.flag(
    "user", "For your own service manager, without root; lingering starts it with the machine")

  static let verb = Verb(
    "install", "Have systemd start the stack with the machine, and again when it ends",
    discussion: """
      Writes the unit leanto-NAME, starts it and waits until it is ready. A stack that runs already is stopped first. The system's
      unit runs as the account leanto, which is made and gets the stack directory; a stack that belongs to a person stays theirs.
      Again: the unit is written anew.
      """,
    options: [user],
    examples: [
      .init("sudo leanto service install --stack /srv/home", "With the machine, as an account of its own"),
      .init("leanto service install --user", "Without root"),
    ])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let settings = try context.settings(of: stack)
    let release = try context.lockVerb(stack)
    defer { release() }
    let work = try ServiceInstallation(
      context: context, stack: stack, settings: settings, scope: context.invocation.has(user) ? .user : .system)
    try context.show(try await work.install())
    return .done
  }
}

/// The steps of an installation.
struct ServiceInstallation {
  let context: CommandContext
  let stack: StackDirectory
  let settings: StackSettings
  let facts: ServiceMachineFacts
  let scope: UnitPlan.Scope
  /// What is there already.
  let earlier: InstalledUnit?
  private var environment: CommandEnvironment { context.environment }

  /// Throws when it cannot be done; nothing was changed then.
  init(context: CommandContext, stack: StackDirectory, settings: StackSettings, scope: UnitPlan.Scope) throws {
    self.context = context
    self.stack = stack
    self.settings = settings
    self.scope = scope
    facts = context.environment.serviceManager.machine(stack)
    earlier = ServiceNoun.unit(of: stack, context.environment)
    try ServiceNoun.requireSystemd(facts)
    if scope == .system { try checkSystem() }
    if let earlier, earlier.scope != scope {
      throw CommandFailure(
        .failed, "the stack has a unit of the other kind already (\(earlier.path))", remedy: "leanto service remove")
    }
    // Another stack of the same name has its file there.
    let name = "leanto-\(settings.name).service"
    if let other = context.environment.serviceManager.units().first(where: { $0.name == name && $0.stack != stack.path }) {
      throw CommandFailure(
        .failed, "the stack at \(other.stack) has the unit \(name) already",
        remedy: "write another name: into \(stack.settings), then the same again")
    }
  }

  private func checkSystem() throws {
    guard facts.isRoot else {
      throw CommandFailure(
        .failed, "only root can install a unit of the system",
        remedy: "sudo leanto service install, or: leanto service install --user")
    }
    guard let closed = facts.closedPath else { return }
    throw CommandFailure(
      .failed, "the account of the service could not run \(facts.program): \(closed) is closed to others",
      remedy: "install -m 755 \(shellQuoted(facts.program)) /usr/local/bin/leanto, then: /usr/local/bin/leanto service install")
  }

  /// A person's stack stays theirs; root's goes to an account that may do nothing else.
  private var account: String { facts.ownerIsPerson ? facts.owner ?? ServiceNoun.account : ServiceNoun.account }

  func install() async throws -> ServiceReport {
    if scope == .system { try await makeAccount() }
    // A daemon that was started by hand holds the stack.
    if earlier == nil { try await DownCommand.end(stack, environment) }
    let unit = try writeUnit(try await linger())
    let control = UnitControl(unit: unit, environment: environment)
    try await control.reloadManager()
    try await control.forget()
    try await control.order("enable")
    try await control.order("restart")
    return try await ServiceReport.read(control)
  }

  private func makeAccount() async throws {
    if account == ServiceNoun.account, !facts.hasServiceUser {
      try await mustRun([
        "useradd", "--system", "--user-group", "--no-create-home", "--home-dir", stack.path, "--shell", "/usr/sbin/nologin",
        account,
      ])
    }
    if facts.owner != account {
      try await mustRun(["chown", "--recursive", "--no-dereference", "\(account):\(account)", stack.path])
    }
  }

  /// Whether it was switched on now.
  private func linger() async throws -> Bool {
    guard scope == .user, !facts.lingers else { return false }
    try await mustRun(["loginctl", "enable-linger", facts.userName])
    return true
  }

  private func writeUnit(_ madeLinger: Bool) throws -> InstalledUnit {
    var machine = UnitPlan.Machine(
      scope: scope, program: facts.program, user: account, configuration: facts.configuration,
      dockerGroup: facts.hasDockerGroup && settings.runner != .native)
    machine.madeUser =
      earlier?.madeUser ?? (scope == .system && account == ServiceNoun.account && !facts.hasServiceUser)
    machine.madeLinger = earlier?.madeLinger ?? madeLinger
    if context.files.facts(stack.tunnelToken) != nil { machine.credentials = ["tunnel-token"] }
    let plan = UnitPlan.make(settings: settings, directory: stack, machine: machine)
    try makeParents(of: plan.path)
    let draft = plan.path + ".new"
    try context.files.remove(draft)
    try context.files.create(draft, Array(plan.text.utf8), 0o644)
    try context.files.rename(draft, plan.path)
    guard let unit = InstalledUnit(name: plan.name, path: plan.path, scope: scope, text: plan.text) else {
      throw CommandFailure(.failed, "the unit \(plan.path) is not readable after it was written")
    }
    return unit
  }

  private func makeParents(of path: String) throws {
    let parts = path.split(separator: "/").dropLast()
    for count in parts.indices {
      let folder = "/" + parts[...count].joined(separator: "/")
      if context.files.facts(folder) == nil { try context.files.makeDirectory(folder, 0o755) }
    }
  }

  private func mustRun(_ command: [String]) async throws {
    let result = try await environment.serviceManager.run(command)
    guard result.status == 0 else {
      throw CommandFailure(
        .failed, "\(command[0]) failed with \(result.status)", details: Array(result.lines.suffix(4)),
        remedy: command.map(shellQuoted).joined(separator: " "))
    }
  }
}
