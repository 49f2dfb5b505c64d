import Glibc
import Settings

/// leanto.yaml from the disk.
enum LiveSettings {
  /// A settings file of a person has some hundred lines.
  private static let mostBytes = 1 << 20

  static func load(_ path: String, _ variables: [String: String]) throws(SettingsProblems) -> StackSettings {
    try SettingsFile.parse(bytes(path), file: path, environment: variables)
  }

  private static func bytes(_ path: String) throws(SettingsProblems) -> [UInt8] {
    guard let facts = LiveFiles.facts(path) else { throw problem(path, "cannot be read: \(lastError())") }
    guard facts.kind == .file else { throw problem(path, "should be a file") }
    guard facts.size <= mostBytes else { throw problem(path, "should be at most 1 MiB long, but has \(facts.size) bytes") }
    do {
      return try LiveFiles.read(path, offset: 0, count: mostBytes)
    } catch {
      throw problem(path, (error as? CommandFailure)?.message ?? "\(error)")
    }
  }

  private static func problem(_ path: String, _ message: String) -> SettingsProblems {
    SettingsProblems(problems: [SettingsProblem(file: path, line: 0, path: "", message: message)])
  }
}
