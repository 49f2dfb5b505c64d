/// A part of the settings that is written as keys and values, each with a default.
protocol SettingsSection {
  init()
  mutating func read(_ section: Section)
}

/// The keys of one mapping. Each `take` names a key that may stand there; the others are problems.
final class Section {
  let cursor: Cursor
  private let entries: [YAMLEntry]
  private var known: [String] = []

  init(_ cursor: Cursor, _ entries: [YAMLEntry]) {
    self.cursor = cursor
    self.entries = entries
  }

  func take<Value>(_ key: String, into value: inout Value, _ form: Form<Value>) {
    known.append(key)
    guard let child = child(key), let read = form.read(child) else { return }
    value = read
  }

  /// As above, for a value whose default is that there is none.
  func take<Value>(_ key: String, into value: inout Value?, _ form: Form<Value>) {
    known.append(key)
    guard let child = child(key), let read = form.read(child) else { return }
    value = read
  }

  func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

  func path(_ key: String) -> String { cursor.path.isEmpty ? key : "\(cursor.path).\(key)" }

  /// Tells every key that no `take` named.
  func finish() {
    for entry in entries where !known.contains(entry.key) {
      let message = "is no key here; \(suggestion(for: entry.key, among: known))"
      cursor.reader.add(message, at: path(entry.key.shown), line: entry.keyLine)
    }
  }

  /// All entries, for mappings whose keys are names that the user chooses.
  var children: [(name: String, cursor: Cursor)] { entries.map { ($0.key, child($0)) } }

  private func child(_ key: String) -> Cursor? { entries.first { $0.key == key }.map(child) }

  private func child(_ entry: YAMLEntry) -> Cursor {
    let path = path(entry.key.shown)
    cursor.reader.note(path, line: entry.keyLine)
    var line = entry.keyLine
    if case .scalar = entry.value.value, !entry.value.isNull { line = entry.value.line }
    return Cursor(node: entry.value, path: path, line: line, reader: cursor.reader)
  }
}

extension Cursor {
  /// Reads a mapping with `body` and tells the keys that it did not take.
  func reading<Value>(_ expectation: String, _ body: (Section) -> Value?) -> Value? {
    guard let section = section(expectation) else { return nil }
    defer { section.finish() }
    return body(section)
  }

  /// The keys and values here; none where nothing is written; nil after telling that it is something else.
  func section(_ expectation: String) -> Section? {
    if node.isNull { return Section(self, []) }
    if case .mapping(let entries) = node.value { return Section(self, entries) }
    mismatch(expectation)
    return nil
  }
}
