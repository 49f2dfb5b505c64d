/// What lies between two texts, line by line, as `diff -u` shows it.
struct LineDifference {
  private enum Edit { case keep(String), remove(String), add(String) }

  /// Lines kept around a change.
  private static let context = 3

  private let edits: [Edit]

  init(from old: [String], to new: [String]) {
    // Equal ends need no comparison, and are most of every file.
    var start = 0
    while start < old.count, start < new.count, old[start] == new[start] { start += 1 }
    var end = 0
    while end < old.count - start, end < new.count - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }
    let middle = Self.compare(Array(old[start..<old.count - end]), Array(new[start..<new.count - end]))
    edits = old[..<start].map(Edit.keep) + middle + old[(old.count - end)...].map(Edit.keep)
  }

  /// The longest common subsequence, by the table of its lengths.
  private static func compare(_ old: [String], _ new: [String]) -> [Edit] {
    // A table of a few million entries at most; beyond that, everything is another text.
    guard old.count * new.count <= 4_000_000 else { return old.map(Edit.remove) + new.map(Edit.add) }
    var lengths = [[Int32]](repeating: [Int32](repeating: 0, count: new.count + 1), count: old.count + 1)
    for i in old.indices.reversed() {
      for j in new.indices.reversed() {
        lengths[i][j] = old[i] == new[j] ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
      }
    }
    var (i, j, edits) = (0, 0, [Edit]())
    while i < old.count || j < new.count {
      if i < old.count, j < new.count, old[i] == new[j] {
        edits.append(.keep(old[i]))
        (i, j) = (i + 1, j + 1)
      } else if j == new.count || (i < old.count && lengths[i + 1][j] >= lengths[i][j + 1]) {
        edits.append(.remove(old[i]))
        i += 1
      } else {
        edits.append(.add(new[j]))
        j += 1
      }
    }
    return edits
  }

  /// Hunks with `@@ -1,3 +1,4 @@` before each. Empty: there is no difference.
  var unified: [String] {
    var lines: [String] = []
    for hunk in hunks {
      lines.append(head(hunk))
      lines += edits[hunk].map { edit in
        switch edit {
        case .keep(let line): " " + line
        case .remove(let line): "-" + line
        case .add(let line): "+" + line
        }
      }
    }
    return lines
  }

  private var hunks: [Range<Int>] {
    var hunks: [Range<Int>] = []
    for (index, edit) in edits.enumerated() {
      if case .keep = edit { continue }
      let range = max(0, index - Self.context)..<min(edits.count, index + Self.context + 1)
      if let last = hunks.last, last.upperBound >= range.lowerBound {
        hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
      } else {
        hunks.append(range)
      }
    }
    return hunks
  }

  private func head(_ hunk: Range<Int>) -> String {
    func part(_ isCounted: (Edit) -> Bool) -> String {
      let (before, count) = (edits[..<hunk.lowerBound].count(where: isCounted), edits[hunk].count(where: isCounted))
      return "\(count == 0 ? before : before + 1),\(count)"
    }
    let old = part { if case .add = $0 { false } else { true } }
    let new = part { if case .remove = $0 { false } else { true } }
    return "@@ -\(old) +\(new) @@"
  }
}
