/// Collects the lines of an answer's head as libcurl hands them over, and knows which head is the last: interim answers (1xx)
/// and redirects that are followed come before it.
struct HeadReader {
  private var head: ResponseHead?
  private var bytes = 0
  private(set) var isComplete = false
  let followsRedirects: Bool

  static let limit = 256 * 1024

  init(followsRedirects: Bool) { self.followsRedirects = followsRedirects }

  /// The head, with the line that completes it. Lines after that are trailers and left out.
  mutating func take(line: [UInt8]) throws(ClientError) -> ResponseHead? {
    bytes += line.count
    guard bytes <= Self.limit else { throw .tooLarge(limit: Self.limit) }
    guard !isComplete else { return nil }
    let text = Self.trimmed(line)
    if text.isEmpty { return complete() }
    if let status = Self.status(text) {
      head = ResponseHead(status: status)
    } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
      let name = String(decoding: text[..<colon], as: UTF8.self)
      let value = String(decoding: Self.trimmed(text[(colon + 1)...]), as: UTF8.self)
      head?.fields.append((name, value))
    }
    return nil
  }

  private mutating func complete() -> ResponseHead? {
    guard let head, !(100..<200).contains(head.status) || head.status == 101 else { return nil }
    let isRedirect = [301, 302, 303, 307, 308].contains(head.status) && head.field("Location") != nil
    guard !(followsRedirects && isRedirect) else { return nil }
    isComplete = true
    return head
  }

  /// `HTTP/1.1 200 OK`
  private static func status(_ line: ArraySlice<UInt8>) -> Int? {
    guard line.starts(with: "HTTP/".utf8) else { return nil }
    let code = line.drop { $0 != 0x20 }.dropFirst().prefix { $0 != 0x20 }
    return code.count == 3 ? Int(String(decoding: code, as: UTF8.self)) : nil
  }

  private static func trimmed(_ bytes: some BidirectionalCollection<UInt8>) -> ArraySlice<UInt8> {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 9 || $0 == 10 || $0 == 13 }
    var slice = Array(bytes)[...].drop(while: isBlank)
    while let last = slice.last, isBlank(last) { slice.removeLast() }
    return slice
  }
}
