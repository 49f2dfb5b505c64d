import HTTP
import TestSupport
import Testing

/// One head that must not be understood, and why.
struct Refusal: Sendable, CustomTestStringConvertible {
  var why: String
  var head: String
  var problem: HeadProblem

  init(_ why: String, _ head: String, _ problem: HeadProblem = .malformed) {
    (self.why, self.head, self.problem) = (why, head, problem)
  }

  var testDescription: String { why }

  static func field(_ why: String, _ lines: String, _ problem: HeadProblem = .malformed) -> Refusal {
    Refusal(why, "POST / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\r\n", problem)
  }

  static func line(_ why: String, _ line: String, _ problem: HeadProblem = .malformed) -> Refusal {
    Refusal(why, "\(line)\r\nHost: a\r\n\r\n", problem)
  }
}

extension Refusal {
  /// RFC 9112 2.3, 3, 3.2.
  static let lines: [Refusal] = [
    line("HTTP/0.9 has no version", "GET /"),
    line("a short line is none", "G / HTTP/1."),
    line("an empty line before everything is for the connection to skip", ""),
    line("two spaces before the target leave it open where the target is", "GET  / HTTP/1.1"),
    line("two spaces before the version", "GET /  HTTP/1.1"),
    line("a space within the target", "GET /a b HTTP/1.1"),
    line("a space after the version", "GET / HTTP/1.1 "),
    line("a space before the method", " GET / HTTP/1.1"),
    line("a tab between the parts", "GET\t/\tHTTP/1.1"),
    line("a tab within the target", "GET /a\tb HTTP/1.1"),
    line("a method that is no token", "GE(T / HTTP/1.1"),
    line("a method with an eight-bit byte", "G\u{C9}T / HTTP/1.1"),
    line("a method of one quote", "\" /abc HTTP/1.1"),
    line("no method", " /abcdef HTTP/1.1"),
    line("no target", "GET  HTTP/1.1"),
    line("a NUL in the target", "GET /\u{0} HTTP/1.1"),
    line("a DEL in the target", "GET /\u{7F} HTTP/1.1"),
    line("a fragment in the target", "GET /a#b HTTP/1.1"),
    line("a bare CR in the target", "GET /a\rb HTTP/1.1"),
    line("a CR before the line's end", "GET / HTTP/1.1\r"),
    line("a version in lower case", "GET / http/1.1"),
    line("a version with two digits", "GET / HTTP/1.10"),
    line("a version with leading zeros", "GET / HTTP/01.1"),
    line("a version without a minor number", "GET / HTTP/1"),
    line("a version with a comma", "GET / HTTP/1,1"),
    line("a version of letters", "GET / HTTP/a.b"),
    line("another protocol", "GET / HTCPCP/1.0"),
    line("a sign in the version", "GET / HTTP/+1.1"),
    line("HTTP/2 by its preface", "PRI * HTTP/2.0", .version),
    line("HTTP/2 in a request line", "GET / HTTP/2.0", .version),
    line("HTTP/3", "GET / HTTP/3.0", .version),
    line("HTTP/0.9 said aloud", "GET / HTTP/0.9", .version),
    line("HTTP/1.2, which nobody has defined", "GET / HTTP/1.2", .version),
    line("HTTP/9.9", "GET / HTTP/9.9", .version),
    // Found by fuzzing: its first byte alone was another refusal than all of it.
    line("a space before the method, and another version", " GET / HTTP/2.0"),
    line("TRACE", "TRACE / HTTP/1.1", .method),
    line("the method of HTTP/2's start", "PRI / HTTP/1.1", .method),
    line("a method of 41 letters", "\(String(repeating: "M", count: 41)) / HTTP/1.1", .method),
    line("CONNECT with an authority", "CONNECT a:443 HTTP/1.1", .method),
    line("CONNECT with a path", "CONNECT / HTTP/1.1", .method),
    line("a target that is a word", "GET index.html HTTP/1.1"),
    line("the asterisk with another method than OPTIONS", "GET * HTTP/1.1"),
    line("more than the asterisk", "OPTIONS ** HTTP/1.1"),
    line("a target of one question mark", "GET ?a=b HTTP/1.1"),
    line("a backslash before the path", "GET \\index HTTP/1.1"),
    line("an authority as the target", "GET a:80 HTTP/1.1"),
    line("another scheme", "GET ftp://a/ HTTP/1.1"),
    line("websocket's scheme", "GET ws://a/ HTTP/1.1"),
    line("a scheme without a host", "GET http:// HTTP/1.1"),
    line("a scheme without a host and a path", "GET http:///a HTTP/1.1"),
    line("a scheme with one slash", "GET http:/a/b HTTP/1.1"),
    line("user information in the target", "GET http://u:p@a/ HTTP/1.1"),
    line("an escape in the authority", "GET http://%61/ HTTP/1.1"),
    line("a port that is none in the target", "GET http://a:x/ HTTP/1.1"),
    line("a backslash in the authority", "GET http://a\\b/ HTTP/1.1"),
    Refusal("a bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
    Refusal("a first byte of LF", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    Refusal("a TLS client's greeting", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}"),
    Refusal("a NUL at the start", "\u{0}GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    Refusal("a byte order mark", "\u{EF}\u{BB}\u{BF}GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
  ]

  /// RFC 9112 5, RFC 9110 5.5, 5.6.2.
  static let fields: [Refusal] = [
    field("a space before the colon", "A : b"),
    field("a tab before the colon", "A\t: b"),
    field("an obsolete fold", "A: b\r\n c: d"),
    field("an obsolete fold by a tab", "A: b\r\n\tc"),
    field("a field without a colon", "Abc"),
    field("a field without a name", ": b"),
    field("a name with a space", "A b: c"),
    field("a name with parentheses", "A(b): c"),
    field("a name with an eight-bit byte", "\u{C4}: b"),
    field("a name with a NUL", "A\u{0}b: c"),
    field("a bare CR in a value", "A: b\rc"),
    field("a bare CR before a field of its own", "A: b\rTransfer-Encoding: chunked"),
    field("a CR at a value's end", "A: b\r"),
    field("a bare LF between fields", "A: b\nC: d"),
    field("a NUL in a value", "A: b\u{0}c"),
    field("a control character in a value", "A: b\u{1}"),
    field("a vertical tab in a value", "A: b\u{B}c"),
    field("a DEL in a value", "A: b\u{7F}"),
    field("an escape character in a value", "A: \u{1B}[31m"),
    Refusal("a fold before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
    Refusal("a bare LF in place of the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
    Refusal("a bare LF after the last field and before the empty line", "GET / HTTP/1.1\r\nHost: a\n\r\n"),
  ]

  /// RFC 9112 6, RFC 9110 8.6.
  static let framing: [Refusal] = [
    field("a length beside chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked"),
    field("chunks beside a length", "Transfer-Encoding: chunked\r\nContent-Length: 5"),
    field("chunks beside a length of zero", "Transfer-Encoding: chunked\r\nContent-Length: 0"),
    field("two lengths", "Content-Length: 5\r\nContent-Length: 6"),
    field("two equal lengths", "Content-Length: 5\r\nContent-Length: 5"),
    field("a list of lengths", "Content-Length: 5, 5"),
    field("an empty length", "Content-Length:"),
    field("a length with a plus", "Content-Length: +5"),
    field("a negative length", "Content-Length: -5"),
    field("a hexadecimal length", "Content-Length: 0x5"),
    field("a length of letters", "Content-Length: five"),
    field("a length with a space within", "Content-Length: 1 0"),
    field("a length with a fraction", "Content-Length: 5.0"),
    field("a length in quotes", "Content-Length: \"5\""),
    field("a length with a semicolon", "Content-Length: 5;"),
    field("a length of 19 digits", "Content-Length: 1000000000000000000"),
    field("a length that overflows", "Content-Length: 99999999999999999999999999"),
    field("a length that is 5 modulo 2 to the 64th", "Content-Length: 18446744073709551621"),
    field("an unknown coding", "Transfer-Encoding: gzip"),
    field("chunked after another coding", "Transfer-Encoding: gzip, chunked"),
    field("chunked before another coding", "Transfer-Encoding: chunked, gzip"),
    field("identity, which is gone", "Transfer-Encoding: identity"),
    field("chunked and identity", "Transfer-Encoding: chunked, identity"),
    field("chunked twice in one field", "Transfer-Encoding: chunked, chunked"),
    field("chunked in two fields", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
    field("two codings in two fields", "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked"),
    field("an empty coding", "Transfer-Encoding:"),
    field("chunked with a parameter", "Transfer-Encoding: chunked;q=1"),
    field("chunked in quotes", "Transfer-Encoding: \"chunked\""),
    field("chunked with a comma before it", "Transfer-Encoding: ,chunked"),
    field("chunked with a comma after it", "Transfer-Encoding: chunked,"),
    field("chunked with a letter more", "Transfer-Encoding: xchunked"),
    field("chunked with a vertical tab", "Transfer-Encoding: \u{B}chunked"),
    field("chunked with an eight-bit space", "Transfer-Encoding: \u{A0}chunked"),
    Refusal("chunks in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
    field("an expectation that nobody knows", "Expect: 200-ok", .expectation),
    field("an empty expectation", "Expect:", .expectation),
    field("an expectation and another", "Expect: 100-continue, x", .expectation),
  ]

  /// RFC 9112 3.2, RFC 9110 7.2.
  static let hosts: [Refusal] =
    [
      Refusal("HTTP/1.1 without Host", "GET / HTTP/1.1\r\n\r\n"),
      Refusal("HTTP/1.1 without Host but with other fields", "GET / HTTP/1.1\r\nHosts: a\r\n\r\n"),
      Refusal("an absolute target without Host", "GET http://a/ HTTP/1.1\r\n\r\n"),
      Refusal("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
      Refusal("two equal Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
      Refusal("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
    ]
    + [
      ("an empty Host", ""), ("a Host of two names", "a b"), ("a Host with a comma", "a,b"), ("a Host with a path", "a/b"),
      ("user information in Host", "u@a"), ("a Host with a query", "a?b"), ("a Host with a fragment", "a#b"),
      ("an escape in Host", "%61"), ("a port alone", ":80"), ("a port of letters", "a:b"), ("a port of six digits", "a:123456"),
      ("a port of more than 16 bits", "a:65536"), ("two dots in Host", "a..b"), ("two dots at Host's end", "a.."),
      ("IPv6 of too many colons", "[::::]"), ("IPv6 of one group", "[12]"), ("IPv4 in brackets", "[1.2.3.4]"),
      ("IPv6 with a zone", "[fe80::1%25eth0]"),
      ("two ports", "a:1:2"), ("a negative port", "a:-1"), ("an unfinished bracket", "[::1"), ("an empty bracket", "[]"),
      ("a name in brackets", "[a.example]"), ("bytes after the bracket", "[::1]a"), ("a zone in brackets", "[fe80::1%eth0]"),
      ("IPv6 without brackets", "::1"), ("a Host with an eight-bit byte", "b\u{FC}cher.example"), ("a Host in quotes", "\"a\""),
      ("a Host with a backslash", "a\\b"), ("a Host of 256 bytes", String(repeating: "a", count: 256)), ("a Host with an @", "@"),
    ].map { why, host in Refusal(why, "GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n") }

  static let limits: [Refusal] = [
    Refusal(
      "129 fields", "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "A: b\r\n", count: 128) + "\r\n", .tooLarge),
    Refusal("a request line beyond 65,535 bytes", "GET /\(long(65_536)) HTTP/1.1\r\nHost: a\r\n\r\n", .tooLarge),
    Refusal("a field that ends beyond 65,535 bytes", "GET / HTTP/1.1\r\nHost: a\r\nA: \(long(65_536))\r\n\r\n", .tooLarge),
    Refusal(
      "a field that begins beyond 65,535 bytes",
      "GET / HTTP/1.1\r\nHost: a\r\nA: \(long(65_490))\r\nB: \(long(70_000))\r\n\r\n", .tooLarge),
  ]

  private static func long(_ count: Int) -> String { String(repeating: "x", count: count) }
}
