import CommandLineParser
import Model
import Stack

enum ServiceRemoveCommand: Command {
  static let verb = Verb(
    "remove", "Stop the stack and take its unit away",
    discussion: """
      What install made goes too: the account leanto when no other stack has it, lingering, and the stack directory belongs to root
      again. Settings, secrets and data stay. leanto up starts the stack as a process of yours.
      """)

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let release = try context.lockVerb(stack)
    defer { release() }
    guard let unit = ServiceNoun.unit(of: stack, context.environment) else {
      try context.show(ServiceRemoveReport(directory: stack.path, unit: nil, removed: []))
      return .done
    }
    let removed = try await ServiceRemoval(unit: unit, stack: stack, context: context).remove()
    try context.show(ServiceRemoveReport(directory: stack.path, unit: unit.name, removed: removed))
    return .done
  }
}

struct ServiceRemoveReport: Report {
  var directory: String
  /// Nil: there was none.
  var unit: String?
  var removed: [String]

  func text(_ style: Style) -> String {
    guard let unit else { return "\(directory) has no unit\n" }
    return "\(unit) is stopped and gone\n" + removed.map { TextBlock.labelled("Removed", $0) }.joined()
  }
}

struct ServiceRemoval {
  var unit: InstalledUnit
  var stack: StackDirectory
  var context: CommandContext

  func remove() async throws -> [String] {
    let facts = context.environment.serviceManager.machine(stack)
    if unit.scope == .system, !facts.isRoot {
      throw CommandFailure(.failed, "only root can remove a unit of the system", remedy: "sudo leanto service remove")
    }
    let control = UnitControl(unit: unit, environment: context.environment)
    try await control.order("disable", "--now")
    // What a daemon that was killed on the way left behind.
    _ = await context.environment.daemon.endLeftovers(stack)
    try context.files.remove(unit.path)
    try context.files.remove(unit.path + ".d")
    try await control.reloadManager()
    try await control.forget()
    return [unit.path] + (try await takeBack(facts))
  }

  private func takeBack(_ facts: ServiceMachineFacts) async throws -> [String] {
    let run = context.environment.serviceManager.run
    var removed: [String] = []
    if unit.madeLinger {
      _ = try await run(["loginctl", "disable-linger", facts.userName])
      removed.append("lingering of \(facts.userName)")
    }
    guard unit.scope == .system, unit.user == ServiceNoun.account else { return removed }
    _ = try await run(["chown", "--recursive", "--no-dereference", "root:root", stack.path])
    let isUsed = context.environment.serviceManager.units().contains { $0.user == ServiceNoun.account }
    if unit.madeUser, !isUsed, try await run(["userdel", ServiceNoun.account]).status == 0 {
      removed.append("the account \(ServiceNoun.account)")
    }
    return removed
  }
}
