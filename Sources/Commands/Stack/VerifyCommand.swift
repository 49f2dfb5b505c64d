import CommandLineParser
import Model

enum VerifyCommand: Command {
  static let verb = Verb(
    "verify", "Prove what the stack promises, from outside", section: "A stack",
    discussion: """
      Internal traffic flows, external traffic arrives, without credentials nothing but the public paths answers, websockets and
      streams pass, the model answers. Each proof shows what was sent and what came back. Exit code 1 when one fails.
      """,
    examples: [.init("leanto verify", "Prove the stack of this folder, which must be up")])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    guard try await context.environment.daemon.status(stack) != nil else { throw notRunning(stack) }
    let report = VerifyReport(proofs: try await prove(stack, context.environment))
    try context.show(report)
    return report.isProven ? .done : .failed
  }

  /// All proofs, with progress.
  static func prove(_ stack: StackDirectory, _ environment: CommandEnvironment) async throws -> [Proof] {
    var progress = Progress(environment)
    var proofs: [Proof] = []
    for try await proof in environment.verify(stack) {
      proofs.append(proof)
      progress.say("\(proof.outcome.rawValue): \(proof.subject)\(proof.service.isEmpty ? "" : ", \(proof.service)")")
    }
    // A stream that is cancelled just ends.
    try Task.checkCancellation()
    return proofs
  }

  static func notRunning(_ stack: StackDirectory) -> CommandFailure {
    CommandFailure(.failed, "\(stack.path) is not running", remedy: "leanto up --stack \(shellQuoted(stack.path))")
  }
}

struct VerifyReport: Report {
  private enum CodingKeys: String, CodingKey { case isProven, proofs }

  var isProven: Bool
  var proofs: [Proof]

  init(proofs: [Proof]) {
    self.proofs = proofs
    isProven = !proofs.isEmpty && proofs.allSatisfy { $0.outcome != .failed }
  }

  func text(_ style: Style) -> String {
    proofs.isEmpty
      ? "Nothing was proven: there was nothing to try.\n" : ProofText.list(proofs, style) + "\n" + ProofText.summary(proofs)
  }
}
