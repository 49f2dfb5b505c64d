import CommandLineParser
package import Model
import Settings

/// The program: words in, exit code out.
package enum LeantoProgram {
  static let stack = Option(
    "stack", .directory, "DIR",
    "The stack directory (default: the nearest folder upward with leanto.yaml, else $LEANTO_STACK, else ~/leanto)")
  static let json = Option.flag("json", "Print facts as JSON, for programs")

  static var declaration: Program {
    Program(
      "leanto", "your own LLM server: n8n and Flowise on your Ollama, behind one door",
      discussion: "More on a verb: leanto VERB --help. A first stack: leanto init, then leanto up.",
      options: [stack, json], verbs: CommandTree.verbs,
      exitStatuses: [
        .init(ExitCode.done.rawValue, "done"), .init(ExitCode.failed.rawValue, "it failed"),
        .init(ExitCode.wrongUsage.rawValue, "wrong usage"),
        .init(ExitCode.settings.rawValue, "the settings have problems"),
        .init(ExitCode.missing.rawValue, "something needed is missing; the message names it"),
        .init(ExitCode.busy.rawValue, "another leanto is at work on this stack"),
      ])
  }

  /// Runs the verb that `environment.arguments` names. Never throws: what went wrong is on standard error.
  package static func run(_ environment: CommandEnvironment) async -> ExitCode {
    let program = declaration
    let report = environment.terminal.writeError
    do {
      let words = environment.arguments == ["--version"] ? ["version"] : environment.arguments
      switch try Parser.parse(words, for: program) {
      case .help(let path):
        environment.terminal.write(HelpText(program).text(for: path) ?? "")
        return .done
      case .run(let invocation): return try await run(invocation, environment)
      }
    } catch let wrong as WrongUsage {
      report(wrong.text(program))
      return .wrongUsage
    } catch let problems as SettingsProblems {
      report(problems.problems.map { $0.line(style: .plain) + "\n" }.joined())
      return .settings
    } catch let failure as CommandFailure {
      report(failure.text)
      return failure.code
    } catch {
      report(CommandFailure(.failed, "\(error)").text)
      return .failed
    }
  }

  private static func run(_ invocation: Invocation, _ environment: CommandEnvironment) async throws -> ExitCode {
    guard let command = CommandTree.command(at: invocation.path) else {
      throw WrongUsage("there is no verb \(invocation.path.joined(separator: " "))")
    }
    return try await command.run(CommandContext(environment, invocation))
  }
}
