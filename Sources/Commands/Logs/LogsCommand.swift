import CommandLineParser
import Model
import Settings

enum LogsCommand: Command {
  private static let service = Argument("SERVICE", "Only this one; leanto is the daemon itself, access the requests", .optional)
  private static let follow = Option.flag("follow", short: "f", "Go on with what is written from now on, until Ctrl-C")
  private static let lines = Option("lines", short: "n", .integer(0...1_000_000), "N", "How many lines of each (default 100)")

  static let verb = Verb(
    "logs", "Show what the services and the daemon wrote", section: "A stack",
    discussion: "Without a service: all of them, each line with its name.", arguments: [service], options: [follow, lines],
    examples: [.init("leanto logs -f n8n", "Watch n8n"), .init("leanto logs -n 20", "The last 20 lines of each")])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    try context.refuseJSON()
    let stack = try context.existingStack()
    let names = try self.names(context, stack)
    let printer = LogPrinter(names: names, isPrefixed: context.invocation.text(service) == nil, style: context.style)
    let count = context.invocation.integer(lines) ?? 100
    let contained = context.environment.containers.names(stack).filter(names.contains)
    var followers: [LogFollower] = []
    for name in names where !contained.contains(name) {
      let tail = try LogTail.lastLines(count, of: stack.log(service: name), context.files)
      for line in tail.lines { context.environment.terminal.write(printer.line(line, of: name)) }
      followers.append(LogFollower(name: name, path: stack.log(service: name), tail: tail))
    }
    let follows = context.invocation.has(follow)
    try await withThrowingTaskGroup(of: Void.self) { group in
      // Followed, all at once; else one after the other, as the files are.
      for name in contained {
        group.addTask { try await showContainer(name, stack, count, follows, printer, context) }
        if !follows { try await group.waitForAll() }
      }
      if follows { group.addTask { [followers] in try await self.follow(followers, printer, context) } }
      try await group.waitForAll()
    }
    return .done
  }

  private static func showContainer(
    _ name: String, _ stack: StackDirectory, _ count: Int, _ follows: Bool, _ printer: LogPrinter, _ context: CommandContext
  ) async throws {
    try await context.environment.containers.logs(stack, name, count, follows) { line in
      context.environment.terminal.write(printer.line(line, of: name))
    }
  }

  private static func follow(_ followers: [LogFollower], _ printer: LogPrinter, _ context: CommandContext) async throws {
    var followers = followers
    while true {
      for index in followers.indices {
        let name = followers[index].name
        for line in try followers[index].news(context.files) { context.environment.terminal.write(printer.line(line, of: name)) }
      }
      try await context.environment.clock.sleep(0.2)
    }
  }

  /// One service, or all that have written something.
  private static func names(_ context: CommandContext, _ stack: StackDirectory) throws -> [String] {
    let written = context.files.facts(stack.logs) == nil ? [] : try context.files.list(stack.logs).compactMap(serviceName)
    let contained = context.environment.containers.names(stack)
    guard let wanted = context.invocation.text(service) else {
      return written.filter { $0 != "access" && !contained.contains($0) } + contained
    }
    if written.contains(wanted) || contained.contains(wanted) { return [wanted] }
    // Not read before, because a log can be read while the settings are broken.
    let declared = (try? context.settings(of: stack).services.map(\.name)) ?? []
    if declared.contains(wanted) || ["leanto", "access"].contains(wanted) { return [wanted] }
    let hint = Nearest.hint(for: wanted, in: written + contained + declared)
    throw CommandFailure(.failed, "there is no service \"\(Visible.text(wanted))\"\(hint)", remedy: "leanto status")
  }

  /// `n8n.log` is n8n's; `n8n.log.1` is an older part of it.
  private static func serviceName(_ file: String) -> String? {
    file.hasSuffix(".log") && file != ".log" ? String(file.dropLast(4)) : nil
  }
}

/// Puts names before lines.
struct LogPrinter {
  var names: [String]
  var isPrefixed: Bool
  var style: Style

  func line(_ line: String, of name: String) -> String {
    guard isPrefixed else { return line + "\n" }
    let padding = String(repeating: " ", count: (names.map(\.count).max() ?? 0) - name.count)
    return style.paint(name + padding + " |", .bold) + " " + line + "\n"
  }
}
