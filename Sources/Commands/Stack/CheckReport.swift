import Model
import Settings

struct CheckReport: Report {
  struct Problem: Encodable, Sendable, Hashable {
    var file: String
    var line: Int
    var path: String
    var message: String
  }

  var file: String
  var isRight: Bool
  var name: String?
  var services: [String]
  var problems: [Problem]
  /// What this version reads but does not do.
  var notes: [String]

  init(_ settings: StackSettings, file: String) {
    self.file = file
    isRight = true
    name = settings.name
    services = settings.services.map(\.name)
    problems = []
    notes = SettingsFile.notes(settings)
  }

  init(_ error: SettingsProblems, file: String) {
    self.file = file
    isRight = false
    services = []
    problems = error.problems.map { Problem(file: $0.file, line: $0.line, path: $0.path, message: $0.message) }
    notes = []
  }

  func text(_ style: Style) -> String {
    let list = services.isEmpty ? "no services" : services.joined(separator: ", ")
    let head =
      "\(style.paint("OK", .green)) \(file)\n" + TextBlock.labelled("  stack", name ?? "")
      + TextBlock.labelled("  services", list)
    return head + notes.map { TextBlock.labelled("  note", $0) }.joined()
  }
}

extension SettingsProblem {
  /// `file:line: path: message`, without what is not known.
  func line(style: Style) -> String {
    let place = line > 0 ? "\(file):\(line)" : file
    return Visible.text([place, path, message].filter { !$0.isEmpty }.joined(separator: ": "))
  }
}
