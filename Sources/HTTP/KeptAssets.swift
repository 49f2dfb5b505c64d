// Answers that a browser may keep for ever: files whose names change with their content, such as `index-BxY3_k9Q.js`.

/// Whether the last segment of `path` (no query) is such a name: letters, digits, `-`, `_` and dots, with a hyphen or dot, eight
/// characters or more that are not all lower-case letters, and an extension of a page's files. Bundlers (Vite, Rollup, webpack)
/// write them so.
package func isHashedName(_ bytes: Span<UInt8>, _ path: Range<Int>) -> Bool {
  var start = path.upperBound
  while start > path.lowerBound, bytes[start - 1] != 47 { start -= 1 }
  guard let dot = lastDot(bytes, start..<path.upperBound), isAssetExtension(bytes, dot + 1..<path.upperBound) else {
    return false
  }
  var hash = dot
  while hash > start, isHashCharacter(bytes[hash - 1]), dot - hash < 20 {
    hash -= 1
    // A hash may hold hyphens of its own: the shortest that is long enough counts.
    if dot - hash >= 8, hash > start, bytes[hash - 1] == 45 || bytes[hash - 1] == 46 { return isMixed(bytes, hash..<dot) }
  }
  return false
}

private func lastDot(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
  var index = range.upperBound - 1
  while index >= range.lowerBound {
    if bytes[index] == 46 { return index }
    index -= 1
  }
  return nil
}

private func isAssetExtension(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
  equals(bytes, range, "js") || equals(bytes, range, "css") || equals(bytes, range, "mjs") || equals(bytes, range, "svg")
    || equals(bytes, range, "png") || equals(bytes, range, "woff2") || equals(bytes, range, "woff") || equals(bytes, range, "ttf")
    || equals(bytes, range, "webp") || equals(bytes, range, "jpg") || equals(bytes, range, "wasm")
}

private func isHashCharacter(_ byte: UInt8) -> Bool {
  byte &- 48 <= 9 || (byte | 0x20) &- 97 <= 25 || byte == 95 || byte == 45
}

/// A word in lower case is a name and no hash.
private func isMixed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
  for index in range where bytes[index] &- 97 > 25 && bytes[index] != 45 { return true }
  return false
}

extension ResponseHead {
  /// Whether the service leaves it open: 200 or 304, no cookie set, and nothing in Cache-Control that forbids to keep it.
  func mayBeKept(_ bytes: Span<UInt8>) -> Bool {
    guard status == 200 || status == 304 else { return false }
    for index in 0..<section.count {
      let field = section.fields[index]
      if equals(bytes, field.name, "set-cookie") { return false }
      guard equals(bytes, field.name, "cache-control") else { continue }
      for word in ["no-store", "no-cache", "private"] as [StaticString] where holds(bytes, field.value, word) { return false }
    }
    return true
  }

  /// What says for how long it may be kept.
  func isCacheField(_ bytes: Span<UInt8>, _ field: Field) -> Bool {
    equals(bytes, field.name, "cache-control") || equals(bytes, field.name, "expires") || equals(bytes, field.name, "pragma")
  }

  private func holds(_ bytes: Span<UInt8>, _ range: Range<Int>, _ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard range.count >= count else { return false }
    for start in range.lowerBound...range.upperBound - count where matches(bytes, start, word) { return true }
    return false
  }
}
