import Model
import Settings

/// Gets the account's token: from the terminal, without showing it, or as a line of standard input.
struct TokenPrompt {
  var context: CommandContext
  var stack: StackDirectory

  /// Nil: nothing was given, and the one that is there stays.
  func token(for provider: TunnelSettings.Provider) throws -> String? {
    let isThere = (context.files.facts(stack.tunnelToken)?.size ?? 0) > 0
    let terminal = context.environment.terminal
    let keep = isThere ? " (nothing keeps the one that is there)" : ""
    let typed =
      terminal.inputIsTerminal
      ? try terminal.readPassword("The account's token at \(provider.rawValue)\(keep): ") : try terminal.readLine()
    // People copy the whole command that a provider shows: the token is its last word.
    guard let token = typed?.split(whereSeparator: \.isWhitespace).last.map(String.init) else {
      guard isThere else {
        throw CommandFailure(
          .missing, "no token was given, and there is none yet; nothing was changed",
          remedy: provider == .ngrok
            ? "https://dashboard.ngrok.com/get-started/your-authtoken has it; then: leanto tunnel set"
            : "cloudflared tunnel token NAME | leanto tunnel set")
      }
      return nil
    }
    guard Self.isToken(token) else {
      throw CommandFailure(.failed, "that is no token: 16 to 2048 letters, digits and _-.=+/ are one; nothing was changed")
    }
    return token
  }

  static func isToken(_ text: String) -> Bool {
    (16...2048).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "_-.=+/".utf8.contains(byte)
        }
      }
  }
}
