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

extension SettingsProblem: CustomStringConvertible {
  /// `file:line: path: message`, without what there is not.
  package var description: String {
    (line > 0 ? "\(file):\(line): " : "\(file): ") + (path.isEmpty ? message : "\(path): \(message)")
  }
}

/// All problems of one file, in the file's order.
package struct SettingsProblems: Error, Sendable {
  package var problems: [SettingsProblem]

  package init(problems: [SettingsProblem]) { self.problems = problems }
}

extension SettingsProblems: CustomStringConvertible {
  /// One line a problem.
  package var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Reads leanto.yaml.
package enum SettingsFile {
  private static let smallest = "services: { n8n: { preset: n8n } }"

  /// Reads the file at `path` as `parse` does. The problems name it as `path` does.
  package static func load(
    path: String, environment: [String: String], presets: KnownPresets = .builtIn
  ) throws(SettingsProblems) -> StackSettings {
    let bytes: [UInt8]
    do throws(FileBytes.Failure) {
      bytes = try FileBytes.read(path, limit: YAMLLimits.bytes)
    } catch {
      throw whole(path, error.advice)
    }
    return try parse(bytes, file: path, environment: environment, presets: presets)
  }

  /// All settings with their defaults, or every problem of the file. `environment` fills `${NAME}`; no value of it is ever part
  /// of a problem. `file` is only named in problems. `presets`: those that `services.NAME.preset` may name.
  package static func parse(
    _ bytes: [UInt8], file: String, environment: [String: String], presets: KnownPresets = .builtIn
  ) throws(SettingsProblems) -> StackSettings {
    guard bytes.count <= YAMLLimits.bytes else { throw whole(file, FileBytes.Failure.tooLarge.advice) }
    if let problem = textProblem(bytes) {
      throw SettingsProblems(problems: [.init(file: file, line: problem.line, path: "", message: problem.message)])
    }
    let reader = SettingsReader(file: file, environment: environment, presets: presets)
    let tree = YAMLTree(bytes)
    for problem in tree.problems { reader.add(problem.message, at: problem.path, line: problem.line) }
    let settings = read(tree, reader)
    let problems = reader.problems
    guard problems.isEmpty else { throw SettingsProblems(problems: problems) }
    return settings
  }

  private static func read(_ tree: YAMLTree, _ reader: SettingsReader) -> StackSettings {
    guard let root = tree.root, !root.isNull else {
      if tree.problems.isEmpty { reader.add("is empty; the smallest file is: \(smallest)", at: "", line: 0) }
      return StackSettings()
    }
    let cursor = Cursor(node: root, path: "", line: root.line, reader: reader)
    guard let settings = Form<StackSettings>.section.read(cursor, "keys and values such as \(smallest)") else {
      return StackSettings()
    }
    ListenerChecks(settings: settings, reader: reader).run()
    ServicesChecks(settings: settings, reader: reader).run()
    TunnelChecks(settings: settings, reader: reader).run()
    return settings
  }

  /// What is wrong with a file as UTF-8 text.
  private static func textProblem(_ bytes: [UInt8]) -> (line: Int, message: String)? {
    func line(at offset: Int) -> Int { bytes[..<offset].count { $0 == 0x0A } + 1 }
    if let offset = bytes.firstIndex(of: 0) { return (line(at: offset), "has a NUL byte: save it as UTF-8 text") }
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: bytes.span)
      return nil
    } catch {
      return (line(at: error.byteOffsets.lowerBound), "is not UTF-8 here: save it as UTF-8 text")
    }
  }

  private static func whole(_ file: String, _ message: String) -> SettingsProblems {
    SettingsProblems(problems: [SettingsProblem(file: file, line: 0, path: "", message: message)])
  }
}

extension FileBytes.Failure {
  fileprivate var advice: String {
    switch self {
    case .missing: "there is no such file; make one: leanto init"
    case .directory: "is a directory; name the file leanto.yaml in it"
    case .notAFile: "is not a file but a device, a pipe or a socket"
    case .tooLarge: "is larger than \(Quantity.describe(bytes: YAMLLimits.bytes)): that is no settings file"
    case .notAllowed: "may not be read by this user; look at its owner and mode: ls -l"
    case .other(let problem): "cannot be read: \(problem)"
    }
  }
}
