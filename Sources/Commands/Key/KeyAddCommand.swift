import CommandLineParser
import Model
import Settings

enum KeyAddCommand: Command {
  static let service = Option("for", .text, "SERVICE", "The service that it opens, and no other; llm: the model")
  static let verbs = Option("verbs", .text, "LIST", "Methods that it may use, such as GET,POST; all without this")
  static let expires = Option("expires", .text, "TIME", "When it ends, such as 90d or 12h from now; never without this")
  static let rate = Option("rate", .text, "RATE", "How often it may be used, such as 60/min or 5/s; any without this")
  static let models = Option(
    "models", .text, "LIST", "With --for llm: models that it may use, such as gemma3:270m; all without this")
  static let verb = Verb(
    "add", "Let a program in", discussion: "The key is shown once and kept only as a hash.",
    arguments: [KeyNoun.key], options: [service, verbs, expires, rate, models],
    examples: [
      .init("leanto key add ci --for n8n --expires 90d", "For three months"),
      .init("leanto key add reader --for flowise --verbs GET,HEAD", "Changes nothing"),
      .init("leanto key add laptop --for llm --rate 60/min --models gemma3:270m", "The model's gate (llm.expose: keys)"),
    ])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let name = context.invocation.text(KeyNoun.key) ?? ""
    guard KeyNoun.isName(name) else {
      throw WrongUsage("a key's name has 1 to 64 letters, digits, dots, hyphens and underscores", path: context.invocation.path)
    }
    var scope = KeyScope(
      service: try service(context, stack), verbs: try verbs(context), expires: try expires(context), rate: try rate(context))
    scope.models = try models(context, for: scope.service)
    guard let key = try context.environment.keys.add(stack, name, scope) else {
      throw CommandFailure(.failed, "there is a key \(name) already", remedy: "leanto key revoke \(name)")
    }
    try context.show(KeyAddReport(name: name, key: key, service: scope.service))
    return .done
  }

  private static func service(_ context: CommandContext, _ stack: StackDirectory) throws -> String {
    let settings = try context.settings(of: stack)
    let known = settings.services.map(\.name)
    guard let asked = context.invocation.text(service) else {
      throw WrongUsage("a key opens one service: --for SERVICE", path: context.invocation.path)
    }
    if asked == KeyScope.model {
      guard settings.llm.expose == .keys else {
        throw CommandFailure(
          .failed, "the model is not exposed, so no key can open it; write `llm: { expose: keys }` into leanto.yaml first",
          remedy: "leanto check")
      }
      return asked
    }
    if known.contains(asked) { return asked }
    throw CommandFailure(
      .failed, "there is no service \(asked)\(Nearest.hint(for: asked, in: known)); there are: \(known.joined(separator: ", "))",
      remedy: "leanto status")
  }

  private static func verbs(_ context: CommandContext) throws -> [String] {
    guard let text = context.invocation.text(verbs) else { return [] }
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    let asked = text.uppercased().split(separator: ",").map(String.init)
    guard !asked.isEmpty, asked.allSatisfy(known.contains) else {
      throw WrongUsage("--verbs is a list of \(known.joined(separator: ","))", path: context.invocation.path)
    }
    return known.filter(asked.contains)
  }

  private static func expires(_ context: CommandContext) throws -> Double? {
    guard let text = context.invocation.text(expires) else { return nil }
    guard let seconds = SpanOfTime.seconds(text) else {
      throw WrongUsage("--expires is a number and d, h, m or s, such as 90d", path: context.invocation.path)
    }
    return context.environment.clock.now() + seconds
  }
}

extension KeyAddCommand {
  private static func rate(_ context: CommandContext) throws -> KeyRate? {
    guard let text = context.invocation.text(rate) else { return nil }
    guard let rate = KeyRate(text) else {
      throw WrongUsage(
        "--rate is a number, a slash and s, min, h or d, such as 60/min", path: context.invocation.path)
    }
    return rate
  }

  private static func models(_ context: CommandContext, for service: String) throws -> [String] {
    guard let text = context.invocation.text(models) else { return [] }
    guard service == KeyScope.model else {
      throw WrongUsage("--models is for the model's gate: --for llm", path: context.invocation.path)
    }
    let asked = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let others = "-._:/@".utf8
    let areNames = asked.allSatisfy { name in
      !name.isEmpty && name.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || isLetter($0) || others.contains($0) }
    }
    guard areNames else {
      throw WrongUsage("--models is a list of names such as gemma3:270m,llama3.2", path: context.invocation.path)
    }
    return asked
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
  }
}

struct KeyAddReport: Report {
  var name: String
  var key: String
  var service: String

  func text(_ style: Style) -> String {
    "\(name): added for \(Visible.text(service))\n\n  \(key)\n\nThis is the only time that it is shown.\n"
  }
}
