import Glibc
import HTTP
import HTTPReference
import TestSupport

/// The same however it is cut; as the slow reader reads it; and what is sent on holds the same content for both.
func fuzzChunked(_ bytes: [UInt8]) {
  let whole = readChunks(bytes, cuts: [])
  expect(readChunks(bytes, cuts: cuts(of: bytes, 3)) == whole, "cut otherwise it is something else", bytes)
  expect(readChunks(bytes, cuts: Array(bytes.indices)) == whole, "byte by byte it is something else", bytes)
  guard case .complete(let data, let passed, let length) = whole else { return }
  expect(length <= bytes.count, "longer than it is", bytes)
  expect(readChunks(passed, cuts: []) == .complete(data: data, passed: passed, length: passed.count), "sent on otherwise", bytes)
  // Names of trailers have more letters than the slow reader knows, and its limits are none.
  if let slow = SlowChunks(Array(bytes[..<length])) {
    expect(slow.data == data && slow.passed == passed, "the slow reader differs", bytes)
  }
}

/// The decision about public paths is the slow reader's, and no sloppy reader finds a way out of what is canonical.
func fuzzPath(_ bytes: [UInt8]) {
  let isCanonical = CanonicalTarget.isCanonical(path: bytes.span)
  expect(isCanonical == SlowPath.isCanonical(bytes), "the slow reader differs", bytes)
  // What is let through is found by its literal beginning, which has no escapes.
  let first = bytes.dropFirst().prefix { $0 != 47 }
  if isCanonical, !first.contains(37) {
    expect(SloppyReader.wayOut(of: bytes) == nil, "\(SloppyReader.wayOut(of: bytes) ?? "")", bytes)
  }
  let target = CanonicalTarget.pathLength(of: bytes.span)
  let path = Array(bytes.prefix { $0 != 63 })
  let expected = !bytes.contains(35) && SlowPath.isCanonical(path) ? path.count : nil
  expect(target == expected, "of a target: \(String(describing: target)), not \(String(describing: expected))", bytes)
}

/// What is found is what the C library's base64 would have written; every other spelling is refused.
func fuzzBasic(_ bytes: [UInt8]) {
  var buffer = [UInt8](repeating: 0xAA, count: BasicCredentials.largest)
  var span = buffer.mutableSpan
  let found = BasicCredentials.read(bytes.span, into: &span)
  guard case .found(let user, let password) = found else { return }
  expect(user.upperBound + 1 == password.lowerBound && password.upperBound <= buffer.count, "ranges", bytes)
  let decoded = Array(buffer[..<password.upperBound])
  expect(decoded[user.upperBound] == 58 && !decoded[user].contains(58), "not the first colon", bytes)
  expect(String(validating: decoded, as: UTF8.self) != nil && !decoded.contains { $0 < 32 || $0 == 127 }, "not text", bytes)
  let token = bytes.drop { $0 != 32 }.drop { $0 == 32 }
  expect(base64(decoded) == Array(token), "another spelling", bytes)
}

private func base64(_ bytes: [UInt8]) -> [UInt8] {
  let alphabet = octets("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  var text: [UInt8] = []
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = Array(bytes[start..<min(start + 3, bytes.count)])
    let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[$1]) : 0) }
    for place in 0..<4 { text.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : 61) }
  }
  return text
}

/// An address is one for the C library too; who is believed is never left of an address that is not trusted.
func fuzzForwarded(_ bytes: [UInt8]) {
  let value = bytes.map { $0 == 13 || $0 == 10 || ($0 < 32 && $0 != 9) || $0 == 127 ? 44 : $0 }
  let lines = value.split(separator: 59, maxSplits: 3).map { octets("X-Forwarded-For: ") + $0 + [13, 10] }.joined()
  let text = octets("GET / HTTP/1.1\r\nHost: a\r\n") + lines + [13, 10]
  var head = RequestHead()
  guard (try? head.scan(text.span)) == true else { return }
  let last = head.lastForwardedClient(text.span)
  if last.address != nil { expect(isAddress(latin1(text[last.text])), "no address: \(latin1(text[last.text]))", bytes) }
  let trusted = head.forwardedClient(text.span) { $0.low & 1 == 0 }
  if let address = trusted.address {
    expect(isAddress(latin1(text[trusted.text])), "no address: \(latin1(text[trusted.text]))", bytes)
    expect(
      IPAddress(octets(address.text).span, 0..<address.text.utf8.count) == address, "\(address.text) is read otherwise", bytes)
  }
}

private func isAddress(_ text: String) -> Bool {
  var address = in6_addr()
  if unsafe inet_pton(AF_INET6, text, &address) == 1 { return true }
  return unsafe inet_pton(AF_INET, text, &address) == 1
}

/// A cookie that is withheld is never sent on, and every other one is, in its order.
func fuzzCookie(_ bytes: [UInt8]) {
  let value = bytes.map { ($0 < 32 && $0 != 9) || $0 == 127 ? 59 : $0 }
  let text = octets("GET / HTTP/1.1\r\nHost: a\r\nCookie: ") + value + octets("\r\n\r\n")
  var head = RequestHead()
  guard (try? head.scan(text.span)) == true else { return }
  var out = ByteWriter(capacity: 192 * 1024)
  let client = octets("203.0.113.9")
  let withheld = [octets("a"), octets("sid")]
  head.write(text.span, to: &out, client: client.span, RequestForwarding(withheldCookies: withheld))
  let span = out.span
  let sent = readRequest(span.indices.map { span[$0] }).message?.fields.first { $0.name == "Cookie" }?.value ?? ""
  let kept = cookies(latin1(value)).filter { !$0.isEmpty && !$0.hasPrefix("a=") && !$0.hasPrefix("sid=") && !holdsKey($0) }
  expect(cookies(sent).filter { !$0.isEmpty } == kept, "\(sent) is sent on", bytes)
}

private func cookies(_ text: String) -> [String] {
  text.unicodeScalars.split(separator: ";", omittingEmptySubsequences: false).map { cookie in
    let isSpace: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" }
    let start = Array(cookie.drop(while: isSpace))
    return String(String.UnicodeScalarView(start.reversed().drop(while: isSpace).reversed()))
  }
}

/// Left to the reader that is tested: this is about cookies.
private func holdsKey(_ cookie: String) -> Bool { KeyMark.isIn(octets(cookie).span, 0..<octets(cookie).count) }
