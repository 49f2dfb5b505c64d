import CommandLineParser
import Model

enum InitCommand: Command {
  static let name = Option("name", .text, "NAME", "What the stack is called (default home)")
  static let administrator = Option("admin", .text, "USER", "The first person who may enter (default admin)")
  static let demo = Option.flag("demo", "A stack that needs neither Docker nor an account")
  static let modelServer = Option(
    "model-server", .file, "PATH", "With --demo: a server that gives the model where no Ollama answers")
  static let local = Option("local", .text, "HOST:PORT", "Where this machine reaches the gateway (default 127.0.0.1:8080)")
  static let tunnel = Option("tunnel", .text, "HOST:PORT", "Where the tunnel's agent reaches it (default 127.0.0.1:8081)")
  static let with = Option("with", .text, "LIST", "Which services: n8n,flowise (the default), one of them, or none")

  static let verb = Verb(
    "init", "Make a stack directory: settings, secrets, a first person who may enter", section: "A stack",
    discussion: """
      Asks for the name, the person and the services when standard input is a terminal and the option is not given. Never
      overwrites a stack.
      """,
    options: [name, administrator, demo, modelServer, local, tunnel, with],
    examples: [
      .init("leanto init --stack ./stack", "A stack in the folder stack"),
      .init("leanto init --demo --with none", "The smallest stack: gateway and model"),
    ])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.stack()
    try refuseExisting(stack, context.files)
    let plan = try await InitChoices(context).plan()
    let password = context.environment.machine.makePassword()
    let files = StackFiles(stack: stack, settings: InitialSettings.text(plan), environment: context.environment)
    try files.make(administrator: plan.administrator, password: password)
    let shown = context.environment.terminal.outputIsTerminal ? password : nil
    let signIn = SignIn(user: plan.administrator, passwordFile: stack.firstPassword, password: shown)
    try context.show(InitReport(directory: stack.path, name: plan.name, signIn: signIn, notes: plan.notes))
    return .done
  }

  private static func refuseExisting(_ stack: StackDirectory, _ files: FileAccess) throws {
    if files.facts(stack.settings) != nil {
      throw CommandFailure(
        .failed, "there is a stack at \(stack.path) already; nothing was changed",
        remedy: "leanto up --stack \(shellQuoted(stack.path)), or leanto init --stack another-folder")
    }
    if let facts = files.facts(stack.path), facts.kind != .directory {
      throw CommandFailure(.failed, "\(stack.path) is not a folder", remedy: "leanto init --stack another-folder")
    }
    if files.facts(stack.secrets) != nil {
      throw CommandFailure(
        .failed,
        "\(stack.secrets) is there but leanto.yaml is not; nothing was changed, because they may be another stack's secrets",
        remedy: "bring leanto.yaml back, or move secrets/ away")
    }
  }
}

struct InitReport: Report {
  var directory: String
  var name: String
  var signIn: SignIn
  var notes: [String]

  func text(_ style: Style) -> String {
    let notes = notes.map { TextBlock.labelled("Note", $0, column: 10) }.joined()
    return "\(style.paint("Made", .green)) the stack \(name) in \(directory)\n\(signIn.text(style))\(notes)"
      + "Next      leanto up --stack \(shellQuoted(directory))\n"
  }
}
