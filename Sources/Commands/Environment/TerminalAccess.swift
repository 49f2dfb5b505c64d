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

  package init(
    inputIsTerminal: Bool, outputIsTerminal: Bool, errorIsTerminal: Bool, write: @escaping @Sendable (String) -> Void,
    writeError: @escaping @Sendable (String) -> Void, readLine: @escaping @Sendable () throws -> String?,
    readPassword: @escaping @Sendable (String) throws -> String?
  ) {
    self.inputIsTerminal = inputIsTerminal
    self.outputIsTerminal = outputIsTerminal
    self.errorIsTerminal = errorIsTerminal
    self.write = write
    self.writeError = writeError
    self.readLine = readLine
    self.readPassword = readPassword
  }
}
