/// The three standard streams.
package struct TerminalAccess: Sendable {
  package var inputIsTerminal: Bool
  package var outputIsTerminal: Bool
  package var errorIsTerminal: Bool
  package var write: @Sendable (_ text: String) -> Void
  package var writeError: @Sendable (_ text: String) -> Void
  /// The next line of standard input without its end; nil at its end.
  package var readLine: @Sendable () throws -> String?
  /// Asks on the terminal without showing what is typed; nil when the person gave up (end of input).
  package var readPassword: @Sendable (_ prompt: String) throws -> String?
  /// Returns when this process is asked to end: Ctrl-C, SIGTERM, SIGHUP. While it waits, these do nothing else. Throws when its
  /// task is cancelled.
  package var interruption: @Sendable () async throws -> Void

  package init(
    inputIsTerminal: Bool, outputIsTerminal: Bool, errorIsTerminal: Bool, write: @escaping @Sendable (String) -> Void,
    writeError: @escaping @Sendable (String) -> Void, readLine: @escaping @Sendable () throws -> String?,
    readPassword: @escaping @Sendable (String) throws -> String?,
    interruption: @escaping @Sendable () async throws -> Void
  ) {
    self.inputIsTerminal = inputIsTerminal
    self.outputIsTerminal = outputIsTerminal
    self.errorIsTerminal = errorIsTerminal
    self.write = write
    self.writeError = writeError
    self.readLine = readLine
    self.readPassword = readPassword
    self.interruption = interruption
  }
}
