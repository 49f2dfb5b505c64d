import Model

struct UpReport: Report {
  struct NotReady: Encodable, Sendable {
    var service: String
    var state: ServiceState
    var message: String
    var lastLines: [String]
  }

  var outcome: UpWork.Outcome
  /// What the daemon applied.
  var changes: [String]
  var status: StackStatus
  var proofs: [Proof]
  var signIn: SignIn
  var notReady: [NotReady]
  var models = UpModels()

  var isGood: Bool { notReady.isEmpty && proofs.allSatisfy { $0.outcome != .failed } }

  func text(_ style: Style) -> String {
    let tables = StatusText(status: status, style: style)
    if outcome == .unchanged, proofs.isEmpty, isGood {
      return "nothing to do: \(status.name) is up\(StatusText.frontPage(status).map { " at " + $0 } ?? "")\n"
        + tables.settingsProblems
    }
    let changeList = changes.map { TextBlock.labelled("Changed", $0) }.joined()
    let proofList = proofs.isEmpty ? "" : style.paint("Proofs", .bold) + "\n" + ProofText.list(proofs, style)
    return [
      changeList, tables.gateway + signIn.text(style), tables.services, tables.model + tables.tunnel, tables.warnings, proofList,
      tables.settingsProblems,
      failures, headline(style),
    ].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func headline(_ style: Style) -> String {
    let page = StatusText.frontPage(status).map { ": " + $0 } ?? ""
    guard isGood else { return style.paint("\(status.name) is up, but not all of it works", .red) + "\n" }
    return style.paint("\(status.name) is up\(page)", .green) + "\n"
  }

  private var failures: String {
    notReady.map { failure in
      let lines = failure.lastLines.map { "  | " + Visible.text($0) + "\n" }.joined()
      let why = failure.message.isEmpty ? "" : ": " + Visible.text(failure.message)
      return "\(failure.service) is \(failure.state.rawValue)\(why)\n\(lines)Try: leanto logs \(shellQuoted(failure.service))\n"
    }.joined(separator: "\n")
  }
}

/// How to pass the door.
struct SignIn: Encodable, Sendable {
  private enum CodingKeys: String, CodingKey { case user, passwordFile }

  /// The first person of the users' file; nil when no one may enter.
  var user: String?
  /// Where the generated first password is, until it is changed.
  var passwordFile: String?
  /// Only for a terminal; never in JSON, which ends up in logs.
  var password: String?

  static func read(_ stack: StackDirectory, _ environment: CommandEnvironment) throws -> SignIn {
    let user = try environment.users.list(stack).first
    guard environment.files.facts(stack.firstPassword) != nil else { return SignIn(user: user) }
    var found = SignIn(user: user, passwordFile: stack.firstPassword)
    if environment.terminal.outputIsTerminal {
      let bytes = try environment.files.read(stack.firstPassword, 0, 256)
      found.password = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    }
    return found
  }

  /// Not wrapped: it holds a command to copy.
  func text(_ style: Style) -> String {
    guard let user else { return "Sign in   no one may enter yet: leanto user add NAME\n" }
    let name = "Sign in   as \(Visible.text(user))"
    if let password { return "\(name) with the password \(style.paint(password, .bold))\n" }
    guard let passwordFile else { return name + " with your password\n" }
    return "\(name); the password: cat \(shellQuoted(passwordFile))\n"
  }
}
