import CommandLineParser
import Model

/// One verb: its declaration and what it does.
protocol Command: SendableMetatype {
  static var verb: Verb { get }
  /// Throws `CommandFailure`, `SettingsProblems` or `WrongUsage`.
  static func run(_ context: CommandContext) async throws -> ExitCode
}

/// Every verb of the program, in the order of its help.
enum CommandTree {
  enum Node {
    case verb(any Command.Type)
    case noun(Verb, [any Command.Type])
  }

  static var nodes: [Node] {
    [
      .verb(InitCommand.self), .verb(CheckCommand.self), .verb(PlanCommand.self), .verb(UpCommand.self), .verb(DownCommand.self),
      .verb(RestartCommand.self), .verb(StatusCommand.self), .verb(LogsCommand.self), .verb(ExecCommand.self),
      .verb(VerifyCommand.self), .verb(DoctorCommand.self),
      .noun(TunnelNoun.verb, TunnelNoun.commands), .noun(ServiceNoun.verb, ServiceNoun.commands),
      .noun(UserNoun.verb, UserNoun.commands), .noun(KeyNoun.verb, KeyNoun.commands),
      .noun(CertificateNoun.verb, CertificateNoun.commands), .noun(ModelsNoun.verb, ModelsNoun.commands),
      .verb(ServeCommand.self),
      .verb(VersionCommand.self),
      .verb(CompletionsCommand.self), .verb(ManualCommand.self),
    ]
  }

  static func command(at path: [String]) -> (any Command.Type)? {
    for node in nodes {
      switch node {
      case .verb(let command): if path == [command.verb.name] { return command }
      case .noun(let noun, let commands):
        guard noun.name == path.first else { continue }
        return commands.first { path == [noun.name, $0.verb.name] }
      }
    }
    return nil
  }

  static var verbs: [Verb] {
    nodes.map { node in
      switch node {
      case .verb(let command): return command.verb
      case .noun(var noun, let commands):
        noun.verbs = commands.map { $0.verb }
        return noun
      }
    }
  }
}
