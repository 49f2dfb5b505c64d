/// Sessions that one event loop has seen lately, by the text of their cookies: a hit compares 76 bytes and hashes nothing.
struct SessionCache {
  private struct Entry {
    var text = InlineArray<76, UInt8>(repeating: 0)
    var session: SessionBook.Session?
  }

  private static let count = 256
  private var entries = [Entry](repeating: Entry(), count: SessionCache.count)

  /// Takes the same time wherever `text` differs from what is here: no cookie can be guessed a byte at a time.
  func find(_ text: Span<UInt8>) -> SessionBook.Session? {
    guard text.count == SessionToken.length else { return nil }
    let place = Self.place(text)
    guard let session = entries[place].session else { return nil }
    var difference: UInt8 = 0
    for index in 0..<SessionToken.length { difference |= entries[place].text[index] ^ text[index] }
    return difference == 0 ? session : nil
  }

  mutating func insert(_ text: Span<UInt8>, _ session: SessionBook.Session) {
    guard text.count == SessionToken.length else { return }
    let place = Self.place(text)
    for index in 0..<SessionToken.length { entries[place].text[index] = text[index] }
    entries[place].session = session
  }

  mutating func removeAll() {
    for index in entries.indices { entries[index].session = nil }
  }

  /// The end of the text is the end of the MAC: as good as random.
  private static func place(_ text: Span<UInt8>) -> Int {
    let end = SessionToken.length
    return (Int(text[end - 1]) &* 31 ^ Int(text[end - 2]) &* 7 ^ Int(text[end - 3]) &* 131) & (count - 1)
  }
}
