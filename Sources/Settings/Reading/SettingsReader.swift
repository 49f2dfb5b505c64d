/// Collects what is wrong while a settings file is read, and remembers where each key stands.
final class SettingsReader {
  /// More than a person reads; a file of noise would give thousands.
  private static let mostProblems = 100

  let file: String
  let environment: [String: String]
  let presets: KnownPresets
  private var found: [SettingsProblem] = []
  private var lines: [String: Int] = [:]
  private var broken: Set<String> = []

  init(file: String, environment: [String: String], presets: KnownPresets) {
    self.file = file
    self.environment = environment
    self.presets = presets
  }

  func add(_ message: String, at path: String, line: Int) {
    found.append(SettingsProblem(file: file, line: line, path: path, message: message))
    broken.insert(path)
  }

  /// A problem between values, told at `path`, or not at all where one of `others` or `path` itself has a problem already: the
  /// value that is compared would be a default that nobody wrote.
  func compare(_ path: String, with others: [String] = [], _ message: String) {
    guard !([path] + others).contains(where: hasProblem) else { return }
    add(message, at: path, line: line(of: path))
  }

  func note(_ path: String, line: Int) { lines[path] = line }

  func isWritten(_ path: String) -> Bool { lines[path] != nil }

  func hasProblem(_ path: String) -> Bool { broken.contains(path) }

  /// The line of `path`, or of the nearest key above it.
  func line(of path: String) -> Int {
    var path = path[...]
    while true {
      if let line = lines[String(path)] { return line }
      guard let dot = path.lastIndex(of: ".") else { return 0 }
      path = path[..<dot]
    }
  }

  /// In the file's order.
  var problems: [SettingsProblem] {
    let sorted = found.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element)
    guard sorted.count > Self.mostProblems else { return sorted }
    let rest = "\(sorted.count - Self.mostProblems) more problems: mend these first"
    return sorted.prefix(Self.mostProblems) + [SettingsProblem(file: file, line: 0, path: "", message: rest)]
  }
}
