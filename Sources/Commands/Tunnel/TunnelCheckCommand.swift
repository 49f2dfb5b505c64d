import CommandLineParser
import Model
import Settings

enum TunnelCheckCommand: Command {
  static let verb = Verb(
    "check", "Say whether the tunnel is set up rightly, or what is missing",
    discussion: "Starts and changes nothing. What the tunnel lets through is tried by leanto verify. Exit code 1 for a problem.")

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let settings = try context.settings(of: stack)
    guard settings.tunnel.provider != .none else { throw TunnelNoun.notSet(stack) }
    let status = try? await context.environment.daemon.status(stack)
    let report = TunnelCheckReport(
      checks: TunnelChecks(settings: settings, stack: stack, status: status?.tunnel, context: context).all)
    try context.show(report)
    return report.isGood ? .done : .failed
  }
}

struct TunnelCheckReport: Report {
  struct Check: Encodable, Sendable, Hashable {
    var name: String
    var isGood: Bool
    var finding: String
    /// Empty where nothing is to be done.
    var remedy: String
  }

  var checks: [Check]
  var isGood: Bool { checks.allSatisfy(\.isGood) }

  func text(_ style: Style) -> String {
    let rows = checks.map { check in
      [
        TextTable.Cell(check.name), .init(check.isGood ? "ok" : "problem", check.isGood ? .green : .red),
        .init(check.finding + (check.remedy.isEmpty ? "" : " " + check.remedy)),
      ]
    }
    return TextTable(header: ["Check", "Is", "Finding"], rows: rows).text(style)
  }
}

/// Each looks at one thing.
struct TunnelChecks {
  var settings: StackSettings
  var stack: StackDirectory
  /// Nil: no daemon runs.
  var status: TunnelStatus?
  var context: CommandContext

  typealias Check = TunnelCheckReport.Check

  var all: [Check] { [domain, listener, program] + (settings.tunnel.needsToken ? [token] : []) + [state] }

  private var domain: Check {
    let name = settings.tunnel.domain ?? ""
    let isFree = name.hasSuffix(".ngrok-free.app") || name.hasSuffix(".ngrok-free.dev")
    guard settings.tunnel.provider == .ngrok, settings.tunnel.plan == .free, !isFree else {
      let page = isFree ? "; browsers see ngrok's warning page once in 7 days, programs do not" : ""
      return Check(name: "domain", isGood: true, finding: name + page, remedy: "")
    }
    return Check(
      name: "domain", isGood: false,
      finding: "A free account has one name that ends with .ngrok-free.app or .ngrok-free.dev, and \(name) is none.",
      remedy: "leanto tunnel set --domain NAME, or --plan hobbyist")
  }

  /// What would be wrong with it is a problem of the settings, which were read before.
  private var listener: Check {
    Check(
      name: "listener", isGood: true, finding: "visitors come to \(settings.gateway.tunnel?.description ?? "") alone", remedy: "")
  }

  private var program: Check {
    let name = Self.program(settings.tunnel.provider)
    let folders = (context.environment.variables["PATH"] ?? "").split(separator: ":")
    if let path = folders.map({ "\($0)/\(name)" }).first(where: { context.files.facts($0)?.kind == .file }) {
      return Check(name: "agent", isGood: true, finding: path, remedy: "")
    }
    return Check(
      name: "agent", isGood: false, finding: "\(name) is not in PATH.", remedy: "Install it, then type: leanto up")
  }

  private static func program(_ provider: TunnelSettings.Provider) -> String {
    switch provider {
    case .cloudflare: "cloudflared"
    case .tailscale: "tailscale"
    case .ngrok, .none: "ngrok"
    }
  }

  private var token: Check {
    let isThere = (context.files.facts(stack.tunnelToken)?.size ?? 0) > 0
    return Check(
      name: "token", isGood: isThere, finding: isThere ? "in secrets/tunnel-token" : "There is no token.",
      remedy: isThere ? "" : "leanto tunnel set")
  }

  private var state: Check {
    guard let status else { return Check(name: "state", isGood: true, finding: "the stack is not up", remedy: "") }
    let isGood = [.online, .closed, .starting].contains(status.state) && status.problem == nil
    let problem = status.problem.map { ": \($0.code) \($0.meaning)" } ?? ""
    return Check(
      name: "state", isGood: isGood, finding: status.state.rawValue + problem, remedy: status.problem?.remedy ?? "")
  }
}
