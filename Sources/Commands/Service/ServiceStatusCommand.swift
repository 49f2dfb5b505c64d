import CommandLineParser
import Model
import Stack

enum ServiceStatusCommand: Command {
  static let verb = Verb(
    "status", "Show the unit: whether it runs, and starts with the machine",
    discussion: "Exit code 0 when it runs and 1 when it does not.")

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    guard let unit = ServiceNoun.unit(of: stack, context.environment) else {
      throw CommandFailure(.missing, "\(stack.path) has no unit", remedy: "sudo leanto service install")
    }
    let report = try await ServiceReport.read(UnitControl(unit: unit, environment: context.environment))
    try context.show(report)
    return report.isActive ? .done : .failed
  }
}

struct ServiceReport: Report {
  var unit: String
  var path: String
  var scope: UnitPlan.Scope
  var user: String?
  /// systemd's words: active, activating, failed, inactive, ...
  var state: String
  var isEnabled: Bool
  var processIdentifier: Int32?
  /// Since the unit was loaded, without those that a person asked for.
  var restarts: Int
  /// What the daemon says of itself.
  var says: String
  /// Why it ended last, in systemd's words; `success` is nothing to tell.
  var result: String
  var journal: [String] = []

  var isActive: Bool { state == "active" || state == "reloading" }

  private static let names = ["ActiveState", "UnitFileState", "MainPID", "NRestarts", "StatusText", "Result"]

  static func read(_ control: UnitControl) async throws -> ServiceReport {
    let values = try await control.properties(names)
    let process = Int32(values["MainPID"] ?? "") ?? 0
    var report = ServiceReport(
      unit: control.unit.name, path: control.unit.path, scope: control.unit.scope, user: control.unit.user,
      state: values["ActiveState"] ?? "unknown", isEnabled: values["UnitFileState"] == "enabled",
      processIdentifier: process > 0 ? process : nil, restarts: Int(values["NRestarts"] ?? "") ?? 0,
      says: values["StatusText"] ?? "", result: values["Result"] ?? "")
    if !report.isActive { report.journal = try await control.journal(10) }
    return report
  }

  func text(_ style: Style) -> String {
    let process = processIdentifier.map { ", process \($0)" } ?? ""
    let boot = isEnabled ? "starts with the machine" : "does not start with the machine"
    let lines = [
      ("Unit", unit + (user.map { ", as \($0)" } ?? "")),
      ("State", "\(state)\(process), \(boot)" + (result.isEmpty || result == "success" ? "" : ", ended last with \(result)")),
      ("Restarts", "\(restarts)"), ("Says", says),
    ]
    return lines.filter { !$0.1.isEmpty }.map { TextBlock.labelled($0.0, $0.1) }.joined()
      + journal.map { "  | \(Visible.text($0))\n" }.joined()
  }
}
