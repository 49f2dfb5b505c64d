import HTTP
import TestSupport

/// A chunked body read by whoever has all of it: line by line, no state.
package struct SlowChunks: Equatable {
  package var data: [UInt8] = []
  /// What goes on: framing and data without extensions and trailers.
  package var passed: [UInt8] = []
  package var length = 0

  /// Nil: malformed. Throws nothing; a body that is not complete is nil too.
  package init?(_ bytes: [UInt8]) {
    while true {
      guard let line = takeLine(bytes) else { return nil }
      let size = line.prefix { $0 != 59 && $0 != 32 && $0 != 9 }
      let digits = latin1(size)
      guard !digits.isEmpty, digits.count <= 12, digits.allSatisfy(\.isHexDigit), let count = Int(digits, radix: 16) else {
        return nil
      }
      let rest = line.dropFirst(size.count).drop { $0 == 32 || $0 == 9 }
      guard size.count == line.count || rest.first == 59 else { return nil }
      guard rest.allSatisfy({ $0 == 9 || ($0 >= 32 && $0 != 127) }) else { return nil }
      passed += size + [13, 10]
      if count == 0 { break }
      guard bytes.count >= length + count + 2 else { return nil }
      data += bytes[length..<length + count]
      passed += bytes[length..<length + count] + [13, 10]
      guard bytes[length + count] == 13, bytes[length + count + 1] == 10 else { return nil }
      length += count + 2
    }
    while true {
      guard let line = takeLine(bytes) else { return nil }
      if line.isEmpty { break }
      let name = latin1(line.prefix { $0 != 58 })
      guard line.contains(58), !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
        return nil
      }
      guard line.allSatisfy({ $0 == 9 || ($0 >= 32 && $0 != 127) }) else { return nil }
    }
    passed += [13, 10]
  }

  /// Without its CRLF; nil when there is none, or a bare CR or LF.
  private mutating func takeLine(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
    guard let feed = bytes[length...].firstIndex(of: 10), feed > length, bytes[feed - 1] == 13 else { return nil }
    let line = bytes[length..<feed - 1]
    guard !line.contains(13) else { return nil }
    length = feed + 1
    return line
  }
}

package enum ChunkReading: Equatable {
  case malformed
  case incomplete
  case complete(data: [UInt8], passed: [UInt8], length: Int)
}

/// Reads `bytes` in the pieces that `cuts` makes of them.
package func readChunks(_ bytes: [UInt8], cuts: [Int]) -> ChunkReading {
  var body = ChunkedBody()
  var data: [UInt8] = []
  var passed: [UInt8] = []
  var start = 0
  for cut in cuts + [bytes.count] {
    let piece = Array(bytes[start..<cut])
    var at = 0
    while at < piece.count, !body.isDone {
      guard let segment = try? body.next(piece.span, from: at) else { return .malformed }
      if segment.kind == .data { data += piece[at..<segment.end] }
      if segment.kind != .dropped { passed += piece[at..<segment.end] }
      at = segment.end
    }
    if body.isDone { return .complete(data: data, passed: passed, length: start + at) }
    start = cut
  }
  return body.total == data.count ? .incomplete : .malformed
}
