import CommandLineParser
import Model

enum PlanCommand: Command {
  static let verb = Verb(
    "plan", "Show what leanto up would change, file by file and service by service", section: "A stack",
    discussion: """
      Nothing is changed. Values of secrets are never shown: a line says when one would be another. Exit code 0 also when
      there is something to change.
      """,
    examples: [.init("leanto plan", "After a change of leanto.yaml, before leanto up")])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let settings = try context.settings(of: stack)
    try context.show(PlannedChanges(report: try await context.environment.containers.plan(stack, settings)))
    return .done
  }
}

struct PlannedChanges: Report {
  var report: PlanReport

  func encode(to encoder: any Encoder) throws { try report.encode(to: encoder) }

  func text(_ style: Style) -> String {
    let warnings = report.warnings.map { TextBlock.labelled("Warning", $0) }.joined()
    guard report.changesAnything else { return "nothing to change\n" + warnings }
    return [files(style), services(style), warnings].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func files(_ style: Style) -> String {
    report.files.map { file in
      let (before, after) = (file.change == .create ? "/dev/null" : file.path, file.change == .remove ? "/dev/null" : file.path)
      let head = style.paint("--- \(before)\n+++ \(after)", .bold) + "\n"
      return head + file.diff.map { style.paint(Visible.text($0), colour($0)) + "\n" }.joined()
    }.joined()
  }

  private func colour(_ line: String) -> Style.Colour? {
    switch line.first {
    case "+": .green
    case "-": .red
    case "@": .yellow
    default: nil
    }
  }

  private func services(_ style: Style) -> String {
    if report.services.isEmpty { return "" }
    let rows = report.services.map { service in
      [
        TextTable.Cell(service.name), .init(service.action.rawValue, colour(service.action)),
        .init(service.reasons.joined(separator: "; ")),
      ]
    }
    return TextTable(header: ["Service", "Action", "Why"], rows: rows).text(style)
  }

  private func colour(_ action: PlanReport.Service.Action) -> Style.Colour? {
    switch action {
    case .create, .reload: .green
    case .recreate, .restart: .yellow
    case .remove: .red
    case .nothing: nil
    }
  }
}
