/// Takes texts out of a stream of bytes, however it is cut into pieces.
struct OutputFilter: Sendable {
  private var hidden: [[UInt8]] = []
  /// The end of what was seen, which may be the beginning of a hidden text.
  private var held: [UInt8] = []

  static let replacement = Array("(hidden)".utf8)

  /// Very short texts would be found in ordinary words.
  mutating func hide(_ texts: [String]) { hidden = texts.map { Array($0.utf8) }.filter { $0.count >= 8 } }

  /// What may be shown by now.
  mutating func pass(_ bytes: [UInt8]) -> [UInt8] {
    if hidden.isEmpty, held.isEmpty { return bytes }
    let all = held + bytes
    var shown: [UInt8] = []
    var at = 0
    while at < all.count {
      if let text = hidden.first(where: { all[at...].starts(with: $0) }) {
        shown += Self.replacement
        at += text.count
      } else if hidden.contains(where: { all.count - at < $0.count && $0.starts(with: all[at...]) }) {
        break
      } else {
        shown.append(all[at])
        at += 1
      }
    }
    held = Array(all[at...])
    return shown
  }
}
