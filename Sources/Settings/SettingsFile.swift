/// What is wrong in a settings file, and where.
package struct SettingsProblem: Error, Sendable, Hashable {
  package var file: String
  /// From 1; 0: the file as a whole.
  package var line: Int
  /// Such as `gateway.limits.head`; empty: the file as a whole.
  package var path: String
  /// What it should be.
  package var message: String

  package init(file: String, line: Int, path: String, message: String) {
    self.file = file
    self.line = line
    self.path = path
    self.message = message
  }
}

/// All problems of one file, in the file's order.
package struct SettingsProblems: Error, Sendable {
  package var problems: [SettingsProblem]

  package init(problems: [SettingsProblem]) { self.problems = problems }
}

/// Reads leanto.yaml.
package enum SettingsFile {
  /// `environment` fills `${NAME}`.
  package static func parse(
    _ bytes: [UInt8], file: String, environment: [String: String]
  ) throws(SettingsProblems) -> StackSettings {
    StackSettings()
  }
}
