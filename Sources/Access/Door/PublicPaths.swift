internal import HTTP
internal import Model

/// A route's public paths, as bytes to compare.
struct PublicPaths {
  private struct Entry {
    var path: [UInt8]
    var isPrefix: Bool
  }

  private let entries: [Entry]

  init(_ paths: [PublicPath]) {
    entries = paths.map { Entry(path: Array($0.path.utf8), isPrefix: $0.isPrefix) }
  }

  /// Whether `target`, as received, is canonical and one of these paths, byte for byte. Allocates nothing.
  func contain(_ target: Span<UInt8>) -> Bool {
    guard !entries.isEmpty, let length = CanonicalTarget.pathLength(of: target) else { return false }
    let path = target.extracting(0..<length)
    for index in entries.indices where matches(entries[index], path) { return true }
    return false
  }

  private func matches(_ entry: Entry, _ path: Span<UInt8>) -> Bool {
    let count = entry.path.count
    guard count > 0, path.count >= count else { return false }
    for index in 0..<count where path[index] != entry.path[index] { return false }
    if path.count == count { return true }
    // Whole segments: `/hook` is not the beginning of `/hookx`.
    return entry.isPrefix && (entry.path[count - 1] == slash || path[count] == slash)
  }
}

private let slash = UInt8(ascii: "/")
