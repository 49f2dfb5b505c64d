import CommandLineParser
import Model
import Settings

enum TunnelSetCommand: Command {
  private static let domain = Option("domain", .text, "NAME", "The name that the internet sees, without https://")
  private static let provider = Option(
    "provider", .oneOf(TunnelSettings.Provider.allCases.map(\.rawValue)), "PROVIDER",
    "Whose tunnel: ngrok (default), cloudflare, tailscale, or none to have no tunnel any more")
  private static let plan = Option(
    "plan", .oneOf(TunnelSettings.Plan.allCases.map(\.rawValue)), "PLAN", "What the account has, for the quota's warnings")

  static let verb = Verb(
    "set", "Set the tunnel up: its domain, and the account's token",
    discussion: """
      Writes `tunnel` in leanto.yaml and the token into secrets/. The token is asked for, or read as one line from standard input;
      it is never an argument, which everybody on the machine could see. Nothing typed keeps the one that is there.

      ngrok: the domain is at https://dashboard.ngrok.com/domains, the token at
      https://dashboard.ngrok.com/get-started/your-authtoken. cloudflare: the token is what `cloudflared tunnel token NAME` prints.
      tailscale needs none.
      """,
    options: [domain, provider, plan],
    examples: [
      .init("leanto tunnel set --domain lean-example.ngrok-free.app", "Asks for the token"),
      .init("pass show ngrok | leanto tunnel set", "Another token, from another program"),
    ])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let before = try context.settings(of: stack).tunnel
    let wanted = try choices(context, before)
    let token = wanted.needsToken ? try TokenPrompt(context: context, stack: stack).token(for: wanted.provider) : nil
    let release = try context.lockVerb(stack)
    defer { release() }
    let isChanged = wanted != before
    if isChanged { try TunnelSettingsFile(context: context, stack: stack).write(wanted) }
    if let token { try save(token, stack, context.files) }
    let report = TunnelSetReport(
      provider: wanted.provider.rawValue, domain: wanted.domain, tokenChanged: token != nil, settingsChanged: isChanged,
      changes: try await apply(stack, context))
    try context.show(report)
    return .done
  }

  private static func choices(_ context: CommandContext, _ before: TunnelSettings) throws -> TunnelSettings {
    var wanted = before
    if let text = context.invocation.text(domain) {
      guard let name = TunnelSettings.domain(text) else {
        throw WrongUsage(
          "--domain should be a name such as lean-example.ngrok-free.app, not \"\(Visible.text(text))\"",
          path: context.invocation.path)
      }
      wanted.domain = name
      if wanted.provider == .none { wanted.provider = .ngrok }
    }
    if let text = context.invocation.text(provider) { wanted.provider = .init(rawValue: text) ?? wanted.provider }
    if let text = context.invocation.text(plan) { wanted.plan = .init(rawValue: text) ?? wanted.plan }
    let isAsked = wanted.provider != .none || context.invocation.text(provider) != nil
    guard isAsked, wanted.provider == .none || wanted.domain != nil else {
      throw WrongUsage("a tunnel needs its name: --domain NAME", path: context.invocation.path)
    }
    return wanted
  }

  /// Under another name first: there is the old token or the new one.
  private static func save(_ token: String, _ stack: StackDirectory, _ files: FileAccess) throws {
    try files.makeDirectory(stack.secrets, 0o700)
    let draft = stack.tunnelToken + ".new"
    try files.remove(draft)
    try files.create(draft, Array((token + "\n").utf8), 0o600)
    try files.rename(draft, stack.tunnelToken)
  }

  /// A daemon that runs takes it over at once.
  private static func apply(_ stack: StackDirectory, _ context: CommandContext) async throws -> [String]? {
    guard try await context.environment.daemon.status(stack) != nil else { return nil }
    let report = try await context.environment.daemon.reload(stack)
    guard report.problems.isEmpty else {
      throw CommandFailure(
        .settings, "the daemon does not take the settings; it goes on with the earlier ones", details: report.problems,
        remedy: "leanto check")
    }
    return report.changes
  }
}

struct TunnelSetReport: Report {
  var provider: String
  var domain: String?
  var tokenChanged: Bool
  var settingsChanged: Bool
  /// What a daemon that runs applied; nil without one.
  var changes: [String]?

  func text(_ style: Style) -> String {
    let what =
      provider == "none" ? "There is no tunnel any more" : "The tunnel is \(provider)'s, at https://\(domain ?? "")"
    let token = tokenChanged ? "\nThe token is in secrets/tunnel-token" : ""
    guard let changes else { return what + token + "\nStart the stack: leanto up\n" }
    return what + token + "\n" + changes.map { TextBlock.labelled("Changed", $0) }.joined()
      + (provider == "none" ? "" : "See how it is: leanto tunnel status\n")
  }
}

extension TunnelSettings {
  /// Tailscale's machine is signed in already.
  var needsToken: Bool { provider == .ngrok || provider == .cloudflare }
}
