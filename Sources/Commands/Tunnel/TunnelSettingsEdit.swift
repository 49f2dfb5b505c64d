import Model
import Settings

/// Changes the section `tunnel` in the text of a leanto.yaml. Everything else stays as it is, comments included.
enum TunnelSettingsEdit {
  private struct Entry {
    var key: String
    var value: String
  }

  static func apply(_ tunnel: TunnelSettings, to text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    guard let start = lines.firstIndex(where: { isKey("tunnel", $0, indent: 0) }) else {
      let gap = lines.last.map { $0.isEmpty } ?? true ? [] : [""]
      return (lines + gap + ["tunnel:"] + entries(tunnel).map { "  \($0.key): \($0.value)" }).joined(separator: "\n") + "\n"
    }
    let end = sectionEnd(lines, after: start)
    lines.replaceSubrange(start..<end, with: section(tunnel, Array(lines[start..<end])))
    return lines.joined(separator: "\n") + "\n"
  }

  private static func entries(_ tunnel: TunnelSettings) -> [Entry] {
    var entries = [Entry(key: "provider", value: tunnel.provider.rawValue)]
    if let domain = tunnel.domain { entries.append(Entry(key: "domain", value: domain)) }
    if tunnel.plan != TunnelSettings().plan { entries.append(Entry(key: "plan", value: tunnel.plan.rawValue)) }
    return entries
  }

  /// A section in one line (`tunnel: { ... }`) is written anew; in a block each line keeps its comment.
  private static func section(_ tunnel: TunnelSettings, _ old: [String]) -> [String] {
    let (head, comment) = split(old[0])
    guard head.drop(while: { $0 != ":" }).dropFirst().allSatisfy(\.isWhitespace) else {
      return ["tunnel:" + (comment.isEmpty ? "" : "  " + comment)] + entries(tunnel).map { "  \($0.key): \($0.value)" }
    }
    var rest = Array(old.dropFirst())
    let indent = rest.lazy.filter { !isBlank($0) }.map { $0.prefix { $0 == " " }.count }.first ?? 2
    let wanted = entries(tunnel)
    for key in ["provider", "domain", "plan"] {
      let entry = wanted.first { $0.key == key }
      let index = rest.firstIndex { isKey(key, $0, indent: indent) }
      switch (entry, index) {
      case (let entry?, let index?): rest[index] = line(entry, indent, comment: split(rest[index]).comment)
      case (let entry?, nil):
        let last = rest.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? 0
        rest.insert(line(entry, indent, comment: ""), at: last)
      case (nil, let index?): rest.remove(at: index)
      case (nil, nil): break
      }
    }
    return [old[0]] + rest
  }

  private static func line(_ entry: Entry, _ indent: Int, comment: String) -> String {
    let text = String(repeating: " ", count: indent) + "\(entry.key): \(entry.value)"
    return comment.isEmpty ? text : text + String(repeating: " ", count: max(2, 34 - text.count)) + comment
  }

  /// The first line behind the section: of the next key, with the comments and empty lines before it.
  private static func sectionEnd(_ lines: [String], after start: Int) -> Int {
    var end = start + 1
    while end < lines.count, isBlank(lines[end]) || lines[end].hasPrefix(" ") { end += 1 }
    while end > start + 1, isBlank(lines[end - 1]) { end -= 1 }
    return end
  }

  private static func isKey(_ key: String, _ line: String, indent: Int) -> Bool {
    guard line.prefix(while: { $0 == " " }).count == indent else { return false }
    let rest = line.dropFirst(indent)
    return rest.hasPrefix(key + ":") || rest.hasPrefix("\"\(key)\":") || rest.hasPrefix("'\(key)':")
  }

  /// Empty, or a comment alone.
  private static func isBlank(_ line: String) -> Bool { line.first { !$0.isWhitespace }.map { $0 == "#" } ?? true }

  /// No value here holds ` #`.
  private static func split(_ line: String) -> (text: String, comment: String) {
    guard let sign = line.firstRange(of: " #") else { return (line, "") }
    return (String(line[..<sign.lowerBound]), String(line[line.index(after: sign.lowerBound)...]))
  }
}

/// Writes leanto.yaml with another tunnel, when the result is right.
struct TunnelSettingsFile {
  var context: CommandContext
  var stack: StackDirectory

  /// Throws `SettingsProblems` of the file as it would be; then nothing was changed.
  func write(_ tunnel: TunnelSettings) throws {
    let size = context.files.facts(stack.settings)?.size ?? 0
    let text = String(decoding: try context.files.read(stack.settings, 0, size), as: UTF8.self)
    let draft = stack.settings + ".new"
    try context.files.remove(draft)
    try context.files.create(draft, Array(TunnelSettingsEdit.apply(tunnel, to: text).utf8), 0o644)
    do {
      let read = try context.environment.loadSettings(draft, context.environment.variables).tunnel
      guard read == tunnel else {
        throw CommandFailure(
          .failed, "the section tunnel of \(stack.settings) is written in a way that cannot be changed here; nothing was changed",
          remedy: "write provider and domain there yourself, then: leanto tunnel set")
      }
      try context.files.rename(draft, stack.settings)
    } catch {
      try? context.files.remove(draft)
      throw error
    }
  }
}
