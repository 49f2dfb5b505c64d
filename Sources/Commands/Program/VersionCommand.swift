import CommandLineParser
import Model

enum VersionCommand: Command {
  static let verb = Verb("version", "Say which version this is", section: "The program")

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let build = context.environment.build
    try context.show(VersionReport(version: build.version, swift: build.swift, commit: build.commit))
    return .done
  }
}

struct VersionReport: Report {
  var version: String
  var swift: String
  var commit: String?

  func text(_ style: Style) -> String {
    "leanto \(version)\(commit.map { " (commit \($0))" } ?? "")\nSwift \(swift)\n"
  }
}
