import CommandLineParser
import Model
import Settings

/// What one verb works with: the words that were typed, the world outside, and the stack that it is about.
struct CommandContext: Sendable {
  let environment: CommandEnvironment
  let invocation: Invocation
  let wantsJSON: Bool
  let style: Style

  init(_ environment: CommandEnvironment, _ invocation: Invocation) {
    self.environment = environment
    self.invocation = invocation
    wantsJSON = invocation.has(LeantoProgram.json)
    let noColour = environment.variables["NO_COLOR"].map { !$0.isEmpty } ?? false
    style = environment.terminal.outputIsTerminal && !noColour ? .coloured : .plain
  }

  var files: FileAccess { environment.files }

  /// The stack, whether there is one there or not.
  func stack() throws -> StackDirectory {
    let found = StackResolution.directory(
      option: invocation.text(LeantoProgram.stack), currentDirectory: environment.currentDirectory,
      variables: environment.variables, exists: { files.facts($0) != nil })
    guard let found else {
      throw CommandFailure(.missing, "HOME is not set, so there is no default stack", remedy: "leanto ... --stack DIR")
    }
    return found
  }

  /// The stack, which has a leanto.yaml.
  func existingStack() throws -> StackDirectory {
    let stack = try stack()
    guard files.facts(stack.settings) != nil else {
      throw CommandFailure(
        .missing, "there is no stack at \(stack.path): leanto.yaml is not there",
        remedy: "leanto init --stack \(shellQuoted(stack.path))")
    }
    return stack
  }

  func settings(of stack: StackDirectory) throws(SettingsProblems) -> StackSettings {
    try environment.loadSettings(stack.settings, environment.variables)
  }

  /// Shows what a verb found out: as text, or as JSON when that was asked for.
  func show(_ report: some Report) throws {
    environment.terminal.write(try wantsJSON ? JSONText.of(report) : report.text(style))
  }

  /// For verbs whose output is no facts.
  func refuseJSON() throws(WrongUsage) {
    if wantsJSON { throw WrongUsage("\(invocation.path.joined(separator: " ")) has no --json", path: invocation.path) }
  }

  /// The lock that verbs which change a stack hold against each other.
  func lockVerb(_ stack: StackDirectory) throws -> @Sendable () -> Void {
    try files.makeDirectory(stack.run, 0o700)
    do {
      return try files.lock(stack.verbLock)
    } catch let held as LockHeld {
      let who = held.processIdentifier > 0 ? " (process \(held.processIdentifier))" : ""
      throw CommandFailure(.busy, "another leanto\(who) is at work on this stack; it has the turn until it ends")
    }
  }
}

/// For a command to copy.
func shellQuoted(_ text: String) -> String {
  let isPlain =
    !text.isEmpty
    && text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      case UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "@"): true
      default: false
      }
    }
  return isPlain ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
