import CommandLineParser
import Model

/// From options, questions and a look at the machine to a plan.
struct InitChoices {
  private let context: CommandContext
  private var plan = InitPlan()

  init(_ context: CommandContext) { self.context = context }

  private var options: Invocation { context.invocation }
  private var machine: MachineAccess { context.environment.machine }

  /// Everything that was typed is checked before anything is asked.
  func plan() async throws -> InitPlan {
    var choices = self
    choices.plan.isDemo = options.has(InitCommand.demo)
    try choices.readOptions()
    try choices.ask()
    try choices.chooseAddresses()
    try await choices.chooseModel()
    return choices.plan
  }

  private mutating func readOptions() throws {
    if let name = options.text(InitCommand.name) { plan.name = try Self.name(name) }
    if let user = options.text(InitCommand.administrator) { plan.administrator = try Self.administrator(user) }
    if let list = options.text(InitCommand.with) { plan.presets = try Self.presets(list) }
    if let text = options.text(InitCommand.local) { plan.local = try address(text, InitCommand.local) }
    if let text = options.text(InitCommand.tunnel) { plan.tunnel = try address(text, InitCommand.tunnel) }
    if options.has(InitCommand.modelServer), !plan.isDemo { throw wrong("--model-server goes with --demo") }
    if plan.local == plan.tunnel { throw wrong("--local and --tunnel are the same address") }
  }

  private mutating func ask() throws {
    guard context.environment.terminal.inputIsTerminal else { return }
    if !options.has(InitCommand.name) { plan.name = try answer("Name of the stack", plan.name, Self.name) }
    if !options.has(InitCommand.administrator) {
      plan.administrator = try answer("Who may enter first", plan.administrator, Self.administrator)
    }
    if !options.has(InitCommand.with) {
      plan.presets = try answer(
        "Services (n8n, flowise, or none)", plan.presets.map(\.rawValue).joined(separator: ","), Self.presets)
    }
  }

  /// Asks until the answer is right; an empty one takes the default.
  private func answer<Value>(_ question: String, _ usual: String, _ read: (String) throws -> Value) throws -> Value {
    while true {
      context.environment.terminal.writeError("\(question) [\(usual)]: ")
      guard let typed = try context.environment.terminal.readLine() else { throw CommandFailure(.failed, "nothing was made") }
      do {
        return try read(typed.isEmpty ? usual : typed)
      } catch let wrong as WrongUsage {
        context.environment.terminal.writeError("\(wrong.message)\n")
      }
    }
  }

  private mutating func chooseAddresses() throws {
    plan.local = try free(plan.local, InitCommand.local, besides: options.has(InitCommand.tunnel) ? [plan.tunnel] : [])
    plan.tunnel = try free(plan.tunnel, InitCommand.tunnel, besides: [plan.local])
  }

  /// An address that was typed is taken as it is: what is in its way now may be gone when the stack starts.
  private mutating func free(_ address: Address, _ option: Option, besides taken: [Address]) throws -> Address {
    if options.has(option) { return address }
    guard let found = InitPlan.free(address, besides: taken, isFree: machine.isFree) else {
      throw CommandFailure(
        .failed, "no port is free at \(address) or the hundred above", remedy: "leanto init \(option.spelling) HOST:PORT")
    }
    if found != address { plan.notes.append("\(address) is taken: \(option.name) is \(found)") }
    return found
  }

  private mutating func chooseModel() async throws {
    guard let typed = options.text(InitCommand.modelServer) else { return }
    let path = StackResolution.absolute(typed, in: context.environment.currentDirectory)
    guard context.files.facts(path)?.kind == .file else {
      throw CommandFailure(.missing, "\(path) is not there: --model-server names a program")
    }
    if await machine.ollamaAnswers() {
      plan.notes.append("an Ollama answers at 127.0.0.1:11434: it gives the model, --model-server is not needed")
      return
    }
    let usual = Address.tcp(host: "127.0.0.1", port: 9100)
    let found = InitPlan.free(usual, besides: [plan.local, plan.tunnel], isFree: machine.isFree) ?? usual
    guard case .tcp(_, let port) = found else { return }
    if found != usual { plan.notes.append("\(usual) is taken: the model is at \(found)") }
    plan.modelServer = .init(path: path, port: port)
  }

  private func address(_ text: String, _ option: Option) throws -> Address {
    guard let address = Address(text), case .tcp(_, let port) = address, port > 0 else {
      throw wrong("\(option.spelling) is \"\(Visible.text(text))\" but should be HOST:PORT, such as 127.0.0.1:8080")
    }
    return address
  }

  private func wrong(_ message: String) -> WrongUsage { WrongUsage(message, path: ["init"]) }

  private static func name(_ text: String) throws -> String {
    if let problem = InitPlan.problem(withName: text) { throw WrongUsage(problem, path: ["init"]) }
    return text
  }

  private static func administrator(_ text: String) throws -> String {
    if let problem = Credentials.problem(withName: text) { throw WrongUsage(problem, path: ["init"]) }
    return text
  }

  private static func presets(_ text: String) throws -> [InitPlan.Preset] {
    guard let presets = InitPlan.presets(text) else {
      throw WrongUsage("the services are n8n,flowise, one of them, or none", path: ["init"])
    }
    return presets
  }
}
