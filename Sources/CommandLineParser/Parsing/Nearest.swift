/// "Did you mean": the known word that is fewest typing mistakes away.
package enum Nearest {
  /// Nil when nothing is near: more than a third of the word (at least one letter) would have to change.
  package static func word(to typed: String, in known: [String]) -> String? {
    let lowered = typed.lowercased()
    let distances = known.map { (word: $0, distance: distance(Array(lowered.utf8), Array($0.lowercased().utf8))) }
    guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, typed.utf8.count / 3) ? best.word : nil
  }

  /// ` (did you mean X?)`, or nothing.
  package static func hint(for typed: String, in known: [String], prefix: String = "") -> String {
    word(to: typed, in: known).map { " (did you mean \(prefix)\($0)?)" } ?? ""
  }

  /// Insertions, deletions, changes and swaps of neighbours, one each (optimal string alignment).
  static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast = [Int]()
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let isSame = left[row] == right[column]
        var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (isSame ? 0 : 1))
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
