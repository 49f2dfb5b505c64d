import CommandLineParser
import Model
import Settings

enum KeyAddCommand: Command {
  static let service = Option("for", .text, "SERVICE", "The service that it opens, and no other")
  static let verbs = Option("verbs", .text, "LIST", "Methods that it may use, such as GET,POST; all without this")
  static let expires = Option("expires", .text, "TIME", "When it ends, such as 90d or 12h from now; never without this")
  static let verb = Verb(
    "add", "Let a program in", discussion: "The key is shown once and kept only as a hash.",
    arguments: [KeyNoun.key], options: [service, verbs, expires],
    examples: [
      .init("leanto key add ci --for n8n --expires 90d", "For three months"),
      .init("leanto key add reader --for flowise --verbs GET,HEAD", "Changes nothing"),
    ])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let name = context.invocation.text(KeyNoun.key) ?? ""
    guard KeyNoun.isName(name) else {
      throw WrongUsage("a key's name has 1 to 64 letters, digits, dots, hyphens and underscores", path: context.invocation.path)
    }
    let service = try service(context, stack)
    let verbs = try verbs(context)
    let expires = try expires(context)
    guard let key = try context.environment.keys.add(stack, name, service, verbs, expires) else {
      throw CommandFailure(.failed, "there is a key \(name) already", remedy: "leanto key revoke \(name)")
    }
    try context.show(KeyAddReport(name: name, key: key, service: service))
    return .done
  }

  private static func service(_ context: CommandContext, _ stack: StackDirectory) throws -> String {
    let known = try context.settings(of: stack).services.map(\.name)
    guard let asked = context.invocation.text(service) else {
      throw WrongUsage("a key opens one service: --for SERVICE", path: context.invocation.path)
    }
    if known.contains(asked) { return asked }
    guard asked != "llm" else {
      throw CommandFailure(
        .failed, "the model is not exposed by this version, so no key can open it; services reach it without one")
    }
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

struct KeyAddReport: Report {
  var name: String
  var key: String
  var service: String

  func text(_ style: Style) -> String {
    "\(name): added for \(Visible.text(service))\n\n  \(key)\n\nThis is the only time that it is shown.\n"
  }
}
