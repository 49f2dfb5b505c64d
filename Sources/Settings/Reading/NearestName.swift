/// The name of `names` that somebody who wrote `name` most likely meant; nil when none is near.
func nearestName(to name: String, in names: [String]) -> String? {
  // One letter for another in a name of one or two would be a guess.
  guard (3...40).contains(name.utf8.count) else { return nil }
  let allowed = max(1, name.count / 3)
  let distances = names.map { ($0, editDistance(Array(name.lowercased()), Array($0.lowercased()))) }
  return distances.filter { $0.1 <= allowed }.min { $0.1 < $1.1 }?.0
}

/// The nearest of `names`, or else a list of them.
func suggestion(for name: String, among names: [String]) -> String {
  if let near = nearestName(to: name, in: names) { return "did you mean \(near)?" }
  guard !names.isEmpty else { return "there is none" }
  let most = 20
  let rest = names.count > most ? " and \(names.count - most) more" : ""
  return "known: \(names.prefix(most).joined(separator: ", "))\(rest)"
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var best = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
      row.append(best)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
