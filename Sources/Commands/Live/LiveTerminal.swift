import Glibc
import Model

/// Standard input, output and error of this process.
enum LiveTerminal {
  static func access() -> TerminalAccess {
    TerminalAccess(
      inputIsTerminal: isatty(STDIN_FILENO) == 1, outputIsTerminal: isatty(STDOUT_FILENO) == 1,
      errorIsTerminal: isatty(STDERR_FILENO) == 1, write: { write($0, to: STDOUT_FILENO) },
      writeError: { write($0, to: STDERR_FILENO) }, readLine: { readLine(strippingNewline: true) },
      readPassword: PasswordPrompt.read, interruption: Interruption.wait)
  }

  /// A stream that was closed by the caller would otherwise be given to the next file that is opened.
  static func openMissingStreams() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 { _ = unsafe open("/dev/null", O_RDWR) }
  }

  /// Output that cannot be written (a full disk) is a failure of the verb, whatever it did.
  private static func write(_ text: String, to descriptor: Int32) {
    do throws(CommandFailure) {
      try FileDescriptor(number: descriptor).write(Array(text.utf8), of: "standard output")
    } catch {
      guard descriptor != STDERR_FILENO else { return }
      write(error.text, to: STDERR_FILENO)
      exit(error.code.rawValue)
    }
  }
}

/// Asks for a password. The terminal sends each key at once and shows none, Ctrl-C included, so there is no moment at which a
/// signal could leave it like that.
enum PasswordPrompt {
  private static let endOfInput: UInt8 = 0x04

  static func read(_ prompt: String) throws -> String? {
    var before = termios()
    guard unsafe tcgetattr(STDIN_FILENO, &before) == 0 else {
      throw CommandFailure(.failed, "the terminal does not answer: \(lastError())")
    }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
    unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    try FileDescriptor(number: STDERR_FILENO).write(Array(prompt.utf8), of: "the terminal")
    let typed = keys()
    unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
    try FileDescriptor(number: STDERR_FILENO).write([0x0A], of: "the terminal")
    if case .interrupted = typed {
      Interruption.deliver(SIGINT)
      return nil
    }
    if case .line(let bytes) = typed { return String(decoding: bytes, as: UTF8.self) }
    return nil
  }

  enum Typed: Sendable, Equatable {
    case line([UInt8])
    case interrupted, ended
  }

  private static func keys() -> Typed {
    var line: [UInt8] = []
    while true {
      var byte: UInt8 = 0
      let count = unsafe Glibc.read(STDIN_FILENO, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1 else { return .ended }
      if let typed = take(byte, &line) { return typed }
    }
  }

  /// What the terminal itself does in its ordinary mode. Nil: go on.
  static func take(_ byte: UInt8, _ line: inout [UInt8]) -> Typed? {
    switch byte {
    case 0x0A, 0x0D: return .line(line)
    case 0x03, 0x1C: return .interrupted
    case endOfInput: return line.isEmpty ? .ended : .line(line)
    case 0x15: line = []
    case 0x08, 0x7F:
      // One character, which may be several bytes.
      while let last = line.popLast(), last & 0xC0 == 0x80 {}
    default: line.append(byte)
    }
    return nil
  }
}
