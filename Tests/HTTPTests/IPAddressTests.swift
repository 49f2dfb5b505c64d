import HTTP
import TestSupport
import Testing

@Suite("An IP address")
struct IPAddressTests {
  @Test(
    "is read in every form that RFC 4291 and a forwarded field know",
    arguments: [
      ("1.2.3.4", "1.2.3.4"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("1.2.3.4:5", "1.2.3.4"),
      ("1.2.3.4:65535", "1.2.3.4"), ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("[::1]", "::1"), ("[::1]:8080", "::1"),
      ("2001:db8::8:800:200c:417a", "2001:db8::8:800:200c:417a"), ("ff01::101", "ff01::101"),
      ("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"), ("0:0:0:0:0:0:0:0", "::"), ("0:0:0:0:0:0:0:1", "::1"),
      ("::13.1.68.3", "::d01:4403"), ("::ffff:129.144.52.38", "129.144.52.38"), ("::FFFF:8190:3426", "129.144.52.38"),
      ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("1::1.2.3.4", "1::102:304"),
      ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("fe80::", "fe80::"), ("00a0::0001", "a0::1"),
    ])
  func read(text: String, shown: String) { #expect(address(text)?.text == shown) }

  @Test(
    "is written as RFC 5952 says",
    arguments: [
      ("2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
      ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
      ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"), ("0:0:1:0:0:0:0:0", "0:0:1::"), ("1:0:0:2:0:0:0:0", "1:0:0:2::"),
      ("0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7"), ("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"), ("::2:0:0:0:0:0", "0:0:2::"),
      ("AbCd::EF", "abcd::ef"),
    ])
  func written(text: String, shown: String) {
    #expect(address(text)?.text == shown)
    #expect(address(shown) == address(text))
  }

  @Test(
    "is nothing else",
    arguments: [
      "", "a", ".", ":", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.1.1.1", "1.2.3.1000", "01.2.3.4",
      "1.2.3.04", "1.2.3.4a",
      "0x1.2.3.4", "-1.2.3.4", "+1.2.3.4", " 1.2.3.4", "1.2.3.4 ", "1.2.3.4:x", "1.2.3.4:123456", "1.2.3.4:-1", "1.2.3.4/8",
      "localhost",
      ":::", ":1", "1:", ":1::", "1::2::3", "1:::2", ":::1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8:9",
      "1:2:3:4:5:6:7:8::",
      "::1:2:3:4:5:6:7:8", "12345::", "g::", "::1.2.3", "::1.2.3.4.5", "1.2.3.4::", "::1.2.3.4:5", "::256.0.0.1",
      "1:2:3:4:5:6:7:1.2.3.4",
      "fe80::1%eth0", "[::1", "::1]", "[]", "[", "]", "[::1]x", "[::1]:x", "[::1]:123456", "[1.2.3.4]x", "[[::1]]", "unknown",
      "_hidden", "::1/64",
      "1.2.3.4,5.6.7.8", "\u{FF}\u{FF}", "1:2", "::g", "1: :2",
    ])
  func junk(text: String) { #expect(address(text) == nil) }

  @Test("maps IPv4 into IPv6")
  func mapped() {
    #expect(address("1.2.3.4") == IPAddress(v4: 0x0102_0304))
    #expect(address("1.2.3.4") == address("::ffff:1.2.3.4"))
    #expect(address("1.2.3.4")?.isV4 == true && address("::1.2.3.4")?.isV4 == false && address("::")?.isV4 == false)
    #expect(address("2001:db8::1") == IPAddress(high: 0x2001_0DB8_0000_0000, low: 1))
  }

  @Test("comes back from its own text, at random and with every pattern of zero groups")
  func roundTrip() {
    var random = SeededRandom(state: 0x1234)
    for pattern in 0..<256 {
      let groups = (0..<8).map { pattern >> $0 & 1 == 1 ? 0 : UInt64(1 + random.below(0xFFFF)) }
      let value = IPAddress(
        high: groups[..<4].reduce(0) { $0 << 16 | $1 }, low: groups[4...].reduce(0) { $0 << 16 | $1 })
      #expect(address(value.text) == value)
      #expect(address("[\(value.text)]:1") == value || value.isV4)
      #expect(address(groups.map { String($0, radix: 16) }.joined(separator: ":")) == value)
    }
  }

  @Test("never traps on noise, and what it reads comes back from its own text")
  func noise() {
    var random = SeededRandom(state: 0xADD)
    let alphabet = octets("0123456789abcf::::....[]")
    for _ in 0..<100_000 {
      let noise = (0..<random.below(24)).map { _ in random.oneOf(alphabet) }
      guard let found = address(latin1(noise)) else { continue }
      if address(found.text) != found { Issue.record("\(latin1(noise)) is \(found.text)") }
    }
  }

  private func address(_ text: String) -> IPAddress? {
    // Bytes around it must not matter.
    let bytes = octets("1:" + text + "9.")
    return IPAddress(bytes.span, 2..<bytes.count - 2)
  }
}

@Suite("The client that a trusted sender names")
struct ForwardedClientTests {
  @Test(
    "is the last element of the last field, for a tunnel's agent",
    arguments: [
      (["X-Forwarded-For: 1.1.1.1"], "1.1.1.1"), (["X-Forwarded-For: 9.9.9.9, 1.1.1.1"], "1.1.1.1"),
      (["X-Forwarded-For: 9.9.9.9", "X-Forwarded-For: 1.1.1.1"], "1.1.1.1"), (["X-Forwarded-For: 9.9.9.9,1.1.1.1 "], "1.1.1.1"),
      (["X-Forwarded-For: junk, 2001:db8::1"], "2001:db8::1"), (["x-forwarded-for: [2001:db8::1]:80"], "2001:db8::1"),
      (["X-Forwarded-For: 1.1.1.1:4711"], "1.1.1.1"), (["X-Forwarded-For: 1.1.1.1, junk"], nil), (["X-Forwarded-For:"], nil),
      (["X-Forwarded-For: 1.1.1.1,"], nil), ([], nil), (["X_Forwarded_For: 1.1.1.1"], nil), (["Forwarded: for=1.1.1.1"], nil),
    ] as [([String], String?)])
  func last(fields: [String], client: String?) {
    let (found, text) = forwarded(fields) { $0.lastForwardedClient($1) }
    #expect(found.address?.text == client)
    // What goes to the service and into records is an address, without a port or brackets.
    if let client { #expect(text == client) }
  }

  @Test(
    "speaks https only where the last word is https",
    arguments: [
      (["X-Forwarded-Proto: https"], true), (["X-Forwarded-Proto: HTTPS"], true), (["X-Forwarded-Proto: http"], false),
      (["X-Forwarded-Proto: https, http"], false), (["X-Forwarded-Proto: http", "X-Forwarded-Proto: https"], true),
      (["X-Forwarded-Proto: wss"], nil), (["X-Forwarded-Proto:"], nil), ([], nil), (["X_Forwarded_Proto: https"], nil),
    ] as [([String], Bool?)])
  func proto(fields: [String], isSecure: Bool?) {
    #expect(forwarded(fields) { $0.lastForwardedClient($1) }.client.isSecure == isSecure)
  }

  @Test(
    "is the right-most that is not one's own, behind proxies of one's own",
    arguments: [
      (["X-Forwarded-For: 1.1.1.1, 10.0.0.1"], "1.1.1.1"), (["X-Forwarded-For: 9.9.9.9, 1.1.1.1, 10.0.0.2, 10.0.0.1"], "1.1.1.1"),
      (["X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 10.0.0.1, 10.0.0.2"], "1.1.1.1"),
      (["X-Forwarded-For: 10.0.0.3, 10.0.0.1"], "10.0.0.3"),
      (["X-Forwarded-For: junk, 10.0.0.1"], "10.0.0.1"), (["X-Forwarded-For: 1.1.1.1, junk"], nil),
      (["X-Forwarded-For: ,, ,"], nil),
      (["X-Forwarded-For: 1.1.1.1"], "1.1.1.1"), ([], nil),
      (["X-Forwarded-For: 1.1.1.1:5, [2001:db8::1]:6, 10.0.0.1"], "2001:db8::1"),
    ] as [([String], String?)])
  func trusting(fields: [String], client: String?) {
    let (found, text) = forwarded(fields) { head, bytes in head.forwardedClient(bytes) { $0.text.hasPrefix("10.") } }
    #expect(found.address?.text == client)
    if let client { #expect(text == client) }
  }

  private func forwarded(
    _ fields: [String], _ read: (borrowing RequestHead, Span<UInt8>) -> ForwardedClient
  ) -> (client: ForwardedClient, text: String) {
    var head = RequestHead()
    let bytes = octets((["GET / HTTP/1.1", "Host: a"] + fields).map { $0 + "\r\n" }.joined() + "\r\n")
    guard (try? head.scan(bytes.span)) == true else { return (ForwardedClient(), "unreadable") }
    let client = read(head, bytes.span)
    return (client, latin1(bytes[client.text]))
  }
}

@Suite("A host name")
struct HostNameTests {
  @Test(
    "is an authority without its port and its final dot",
    arguments: [
      ("a", "a"), ("a:80", "a"), ("a.example.", "a.example"), ("a.example.:80", "a.example"), ("[::1]", "[::1]"),
      ("[::1]:80", "[::1]"), (".", "."),
      ("a:", "a"), ("1.2.3.4:5", "1.2.3.4"),
    ])
  func names(authority: String, name: String) {
    let bytes = octets("x" + authority + "y")
    #expect(latin1(bytes[hostName(bytes.span, 1..<bytes.count - 1)]) == name)
  }

  @Test("of nothing is nothing")
  func nothing() {
    let bytes = octets("x")
    #expect(hostName(bytes.span, 0..<0).isEmpty)
  }
}
