import CommandLineParser
import Model
import Operations
import Settings

enum DoctorCommand: Command {
  static let fix = Option.flag("fix", "Put right what is safe to put right, asking before each change")
  static let all = Option.flag("all", "Show the checks that found nothing, too")
  static let verb = Verb(
    "doctor", "Look for what is wrong on this machine, and say what mends it", section: "A stack",
    discussion: """
      Looks at Docker, disk, memory, ports, clock, names, WSL, firewall, folders, secrets, the model's server and more, all at the same \
      time, five seconds each at most, and changes nothing. Exit code 1 when there is a problem; warnings alone do not fail.
      """, options: [fix, all],
    examples: [
      .init("leanto doctor", "What is not as it should be"),
      .init("leanto doctor --fix", "The same, and offers to mend some of it"),
    ])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let settings = try context.settings(of: stack)
    let status = try? await context.environment.daemon.status(stack)
    let plan = DoctorPlanner(stack: stack, settings: settings, environment: context.environment, status: status).plan()
    var findings = await context.environment.doctor.examine(plan)
    let fixed = context.invocation.has(fix) ? try mend(findings, context) : []
    if !fixed.isEmpty { findings = await context.environment.doctor.examine(plan) }
    let report = DoctorReport(findings: findings, fixed: fixed, showsAll: context.invocation.has(all))
    try context.show(report)
    return report.problems == 0 ? .done : .failed
  }

  /// Asks before each; what was done. Without a terminal nobody can answer, so nothing is done.
  private static func mend(_ findings: [Finding], _ context: CommandContext) throws -> [String] {
    let terminal = context.environment.terminal
    let fixes = findings.compactMap(\.fix)
    guard !fixes.isEmpty else { return [] }
    guard terminal.inputIsTerminal else {
      throw WrongUsage("--fix asks before each change, and there is nobody to answer", path: context.invocation.path)
    }
    var done: [String] = []
    for fix in fixes {
      terminal.writeError("Shall I \(fix.words)? [y/N] ")
      guard let answer = try terminal.readLine(), ["y", "yes"].contains(answer.lowercased()) else { continue }
      try context.environment.doctor.fix(fix)
      done.append(fix.words)
    }
    return done
  }
}

struct DoctorReport: Report {
  private enum CodingKeys: CodingKey { case findings, problems, warnings, fixed }

  var findings: [Finding]
  /// What `--fix` did.
  var fixed: [String]
  var showsAll: Bool

  var problems: Int { findings.count { $0.verdict == .problem } }
  var warnings: Int { findings.count { $0.verdict == .warning } }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(findings, forKey: .findings)
    try values.encode(problems, forKey: .problems)
    try values.encode(warnings, forKey: .warnings)
    try values.encode(fixed, forKey: .fixed)
  }

  func text(_ style: Style) -> String {
    let order: [Finding.Verdict] = showsAll ? [.problem, .warning, .ok, .skipped] : [.problem, .warning]
    let shown = order.flatMap { verdict in findings.filter { $0.verdict == verdict } }
    let lines = shown.map { entry($0, style) }.joined()
    return lines + (lines.isEmpty ? "" : "\n") + fixed.map { "Done: \($0)\n" }.joined() + summary
  }

  /// Commands are not wrapped: they are there to be copied.
  private func entry(_ finding: Finding, _ style: Style) -> String {
    let word = finding.verdict.rawValue
    let head = TextBlock.labelled(word, "\(finding.check): \(finding.sentence)", column: 9)
    let painted = style.paint(word, colour(finding.verdict)) + head.dropFirst(word.count)
    return painted + finding.commands.map { "         > \(Visible.text($0))\n" }.joined()
  }

  private func colour(_ verdict: Finding.Verdict) -> Style.Colour? {
    switch verdict {
    case .ok: .green
    case .warning: .yellow
    case .problem: .red
    case .skipped: nil
    }
  }

  private var summary: String {
    let fine = findings.count { $0.verdict == .ok }
    guard problems + warnings > 0 else { return "All is well: \(fine) checks, no problem, no warning.\n" }
    return
      "\(problems) problem\(problems == 1 ? "" : "s"), \(warnings) warning\(warnings == 1 ? "" : "s"), \(fine) checks without any.\n"
  }
}
