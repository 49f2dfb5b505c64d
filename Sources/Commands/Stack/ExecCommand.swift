import CommandLineParser
import Model

enum ExecCommand: Command {
  private static let service = Argument("SERVICE", "Whose container")
  private static let command = Argument(
    "COMMAND", "The program and its words; -- before those that begin with a hyphen", .several)

  static let verb = Verb(
    "exec", "Run a command in the container of a service", section: "A stack",
    discussion: "The terminal is the command's, and so is the exit code. Services that run as processes have no container.",
    arguments: [service, command],
    examples: [.init("leanto exec n8n -- n8n export:workflow --all", "What n8n itself offers")])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    try context.refuseJSON()
    let stack = try context.existingStack()
    let name = context.invocation.text(service) ?? ""
    let names = context.environment.containers.names(stack)
    guard names.contains(name) else {
      let hint = Nearest.hint(for: name, in: names)
      let known = names.isEmpty ? "this stack has no containers" : "no container belongs to \"\(Visible.text(name))\"\(hint)"
      throw CommandFailure(.failed, known, remedy: "leanto status")
    }
    let terminal = context.environment.terminal
    let isTerminal = terminal.inputIsTerminal && terminal.outputIsTerminal
    try context.environment.containers.execute(stack, name, context.invocation.texts(command), isTerminal)
    return .done
  }
}
