internal import Glibc

/// What an access record (a line of JSON, as the gateway writes it) says of a request that came through the tunnel.
package struct TunnelRecord: Sendable, Hashable {
  /// Without its query, as it stands in the record.
  package var path: String
  /// Bytes, heads included.
  package var sent: Int

  package init(path: String, sent: Int) {
    self.path = path
    self.sent = sent
  }

  /// Those of a batch of lines.
  package static func all(in batch: Span<UInt8>) -> [TunnelRecord] {
    var found: [TunnelRecord] = []
    var start = 0
    while start < batch.count {
      let end = index(of: 0x0A, batch, start..<batch.count) ?? batch.count
      if let record = TunnelRecord(batch, start..<end) { found.append(record) }
      start = end + 1
    }
    return found
  }

  /// Clients of RFC 2544's network are `leanto verify` at the listener itself: they never went through the tunnel.
  private static func isProbe(_ bytes: Span<UInt8>, _ head: Range<Int>) -> Bool {
    find("\"client\":\"198.18.", bytes, head) != nil
  }

  /// Nil: it came another way. Quotes inside of values are escaped in a record, so no value looks like a key.
  private init?(_ bytes: Span<UInt8>, _ line: Range<Int>) {
    let head = line.lowerBound..<min(line.upperBound, line.lowerBound + 96)
    guard Self.find("\"listener\":\"tunnel\"", bytes, head) != nil, !Self.isProbe(bytes, head),
      let request = Self.find("\"request\":\"", bytes, line), let number = Self.find("\"sent\":", bytes, line)
    else { return nil }
    sent = Self.number(bytes, number..<line.upperBound)
    var path: [UInt8] = []
    var at = request
    while at < line.upperBound, bytes[at] != 0x20, bytes[at] != 0x22 { at += 1 }
    at += 1
    while at < line.upperBound, bytes[at] != 0x22, bytes[at] != 0x3F, path.count < 512 {
      path.append(bytes[at])
      at += 1
    }
    self.path = String(decoding: path, as: UTF8.self)
  }

  private static func number(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var value = 0
    for index in range {
      guard (48...57).contains(bytes[index]), value < 1 << 50 else { break }
      value = value * 10 + Int(bytes[index] - 48)
    }
    return value
  }

  /// The index behind the first `text` in `range`.
  private static func find(_ text: StaticString, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    let count = text.utf8CodeUnitCount
    guard range.count >= count else { return nil }
    return text.withUTF8Buffer { wanted in
      // Every record of every request passes here. All texts begin with a quote, which is common, and then a letter.
      var from = range.lowerBound + 1
      while let second = unsafe index(of: wanted[1], bytes, from..<range.upperBound) {
        let start = second - 1
        guard start + count <= range.upperBound else { return nil }
        var index = 0
        while index < count, unsafe bytes[start + index] == wanted[index] { index += 1 }
        if index == count { return start + count }
        from = second + 1
      }
      return nil
    }
  }

  private static func index(of byte: UInt8, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    unsafe bytes.extracting(range).withUnsafeBytes { raw -> Int? in
      guard let base = raw.baseAddress, let found = unsafe memchr(base, Int32(byte), raw.count) else { return nil }
      return unsafe range.lowerBound + (UnsafeRawPointer(found) - base)
    }
  }
}

/// Paths that mean the same, under one name: at most three segments, without identifiers and names of files.
enum QuotaPath {
  static func group(_ path: String) -> String {
    let segments = path.split(separator: "/", maxSplits: 8)
    guard !segments.isEmpty else { return "/" }
    var shown = segments.prefix(3).map { isIdentifier($0) || isFile($0) ? "*" : String($0.prefix(64)) }
    if segments.count > 3, shown.last != "*" { shown.append("*") }
    return "/" + shown.joined(separator: "/") + (path.hasSuffix("/") && shown.last != "*" ? "/" : "")
  }

  /// Numbers, UUIDs, hashes.
  private static func isIdentifier(_ segment: Substring) -> Bool {
    let digits = segment.utf8.count { (48...57).contains($0) }
    return digits == segment.utf8.count || (segment.utf8.count >= 12 && digits >= 3)
  }

  private static func isFile(_ segment: Substring) -> Bool {
    guard let dot = segment.lastIndex(of: "."), dot > segment.startIndex else { return false }
    let extensions = ["js", "mjs", "css", "svg", "png", "jpg", "ico", "woff", "woff2", "ttf", "webp", "map", "wasm"]
    return extensions.contains(segment[segment.index(after: dot)...].lowercased())
  }
}
