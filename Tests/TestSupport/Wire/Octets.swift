/// The bytes of `text`, one for each scalar up to U+00FF: what is written is what goes over the wire.
package func octets(_ text: String) -> [UInt8] {
  text.unicodeScalars.map { UInt8($0.value) }
}

/// The other way: every byte one scalar.
package func latin1(_ bytes: some Sequence<UInt8>) -> String {
  var text = String.UnicodeScalarView()
  for byte in bytes { text.append(Unicode.Scalar(byte)) }
  return String(text)
}

extension Collection<UInt8> {
  /// Where `needle` begins, by index from the start.
  package func firstOffset(of needle: some Collection<UInt8>) -> Int? {
    let hay = Array(self)
    let wanted = Array(needle)
    guard !wanted.isEmpty, hay.count >= wanted.count else { return nil }
    return (0...(hay.count - wanted.count)).first { start in
      hay[start] == wanted[0] && hay[start..<(start + wanted.count)].elementsEqual(wanted)
    }
  }

  package func holds(_ text: String) -> Bool { firstOffset(of: octets(text)) != nil }
}

/// A request or response head: the lines with CRLF after each, and the empty line.
package func head(_ lines: String...) -> String {
  lines.map { $0 + "\r\n" }.joined() + "\r\n"
}

/// The chunks of a chunked body, with the last chunk.
package func chunked(_ pieces: String...) -> String {
  pieces.map { String($0.unicodeScalars.count, radix: 16) + "\r\n" + $0 + "\r\n" }.joined() + "0\r\n\r\n"
}
