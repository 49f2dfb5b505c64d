import Model

/// One rendered file beside what is on the disk, without its secrets.
struct FileComparison {
  let file: RenderedFile
  /// Nil: there is none yet.
  let onDisk: String?
  /// Names of variables whose values are never shown.
  let hidden: Set<String>

  /// Nil: it stays as it is.
  var change: PlanReport.File? {
    guard onDisk != file.text else { return nil }
    let (old, new) = masked
    return PlanReport.File(
      path: file.path, change: onDisk == nil ? .create : .change, diff: LineDifference(from: old, to: new).unified)
  }

  private var masked: (old: [String], new: [String]) {
    switch file.secrecy {
    case .all: (onDisk == nil ? [] : ["(hidden)"], [onDisk == nil ? "(hidden)" : "(hidden, another)"])
    case .values: values
    case .none: (Self.lines(onDisk ?? "").map(withoutHidden), Self.lines(file.text).map(withoutHidden))
    }
  }

  private var values: (old: [String], new: [String]) {
    let before = Set(Self.lines(onDisk ?? ""))
    let known = Set(before.map(Self.name))
    let new = Self.lines(file.text).map { line in
      let name = Self.name(line)
      return known.contains(name) && !before.contains(line) ? "\(name)=(hidden, another)" : "\(name)=(hidden)"
    }
    return (Self.lines(onDisk ?? "").map { "\(Self.name($0))=(hidden)" }, new)
  }

  /// Of several lines, a hidden value stands in compose.yaml.
  private func withoutHidden(_ line: String) -> String {
    let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts[0].filter { $0 != " " && $0 != "\"" }
    guard parts.count == 2, parts[0].hasPrefix("      "), hidden.contains(name) else { return line }
    return "\(parts[0]): \"(hidden)\""
  }

  private static func name(_ line: String) -> String { String(line.prefix { $0 != "=" }) }

  private static func lines(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }
}
