import TestSupport

/// Requests that two readers could read in two ways. `{next}` stands for a second request that nobody may see.
enum RequestSmuggling {
  static let next = "GET /smuggled HTTP/1.1\r\nHost: {open}\r\n\r\n"

  private static func post(_ fields: String..., body: String = "") -> String {
    (["POST / HTTP/1.1", "Host: {open}"] + fields).map { $0 + "\r\n" }.joined() + "\r\n" + body
  }

  private static func chunks(_ body: String) -> String { post("Transfer-Encoding: chunked", body: body) }

  static let both: [Case<String>] = [
    Case(
      "A length before chunked", "RFC 9112, 6.3",
      post("Content-Length: 5", "Transfer-Encoding: chunked", body: "0\r\n\r\n" + next)),
    Case(
      "A length after chunked", "RFC 9112, 6.3", post("Transfer-Encoding: chunked", "Content-Length: 5", body: "0\r\n\r\n" + next)
    ),
    Case(
      "A length of nothing with chunked", "RFC 9112, 6.3",
      post("Content-Length: 0", "Transfer-Encoding: chunked", body: "0\r\n\r\n" + next)),
    Case(
      "A length of more than is there", "RFC 9112, 6.3",
      post("Content-Length: 6", "Transfer-Encoding: chunked", body: "0\r\n\r\nX" + next)),
    Case("Two lengths that differ", "RFC 9112, 6.3", post("Content-Length: 5", "Content-Length: 0", body: "hello" + next)),
    Case("Two lengths that agree", "RFC 9112, 6.3", post("Content-Length: 5", "Content-Length: 5", body: "hello" + next)),
    Case("A list of lengths that differ", "RFC 9112, 6.3", post("Content-Length: 5, 0", body: "hello" + next)),
    Case("A list of lengths that agree", "RFC 9112, 6.3", post("Content-Length: 5, 5", body: "hello" + next)),
    Case(
      "Chunked from a client of HTTP/1.0", "RFC 9112, 6.1",
      "POST / HTTP/1.0\r\nHost: {open}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + next),
  ]

  static let lengths: [Case<String>] = [
    ("A plus sign", "+5"), ("A minus sign", "-5"), ("Hexadecimal", "0x5"), ("Two numbers", "5 5"), ("No digits", ""),
    ("Letters after it", "5a"),
    ("A fraction", "5.0"), ("An exponent", "5e0"), ("Quotes", "\"5\""), ("An underscore", "5_0"), ("A semicolon", "5;"),
    ("A comma", "5,"),
    ("A comma before it", ",5"), ("A word", "five"), ("More than 64 bits", "99999999999999999999"),
    ("5 modulo 2^64", "18446744073709551621"),
    ("2^63", "9223372036854775808"), ("A vertical tab", "\u{b}5"), ("A form feed", "5\u{c}"), ("A NUL", "5\u{0}"),
    ("A non-breaking space", "\u{a0}5"),
    ("A superscript", "\u{b2}"), ("A bare CR", "5\r"), ("A bare CR before it", "\r5"),
  ].map { Case("Content-Length: " + $0.0, "RFC 9112, 6.3", post("Content-Length: \($0.1)", body: "hello" + next)) }

  static let codings: [Case<String>] = [
    ("An unknown coding", "xchunked"), ("Something before chunked", "x chunked"), ("Identity", "identity"),
    ("Identity after chunked", "chunked, identity"),
    ("Identity before chunked", "identity, chunked"), ("Chunked twice", "chunked, chunked"), ("Gzip alone", "gzip"),
    ("Gzip after chunked", "chunked, gzip"),
    ("A parameter", "chunked;q=1"), ("Quotes", "\"chunked\""), ("Nothing", ""), ("A vertical tab before it", "\u{b}chunked"),
    ("A vertical tab after it", "chunked\u{b}"), ("A NUL before it", "\u{0}chunked"), ("A NUL after it", "chunked\u{0}"),
    ("A space inside", "chun ked"),
    ("A letter too few", "chunke"), ("A letter too many", "chunkedd"), ("A bare CR after it", "chunked\r"),
    ("A bare CR before it", "\rchunked"),
    ("A byte above 0x7F", "chunked\u{ff}"),
    ("A Kelvin sign for k", "chun\u{e2}\u{84}\u{aa}ed"),
  ].map { Case("Transfer-Encoding: " + $0.0, "RFC 9112, 6.1", post("Transfer-Encoding: \($0.1)", body: "0\r\n\r\n" + next)) }

  static let fields: [Case<String>] = [
    Case(
      "Two fields of chunked", "RFC 9112, 6.1",
      post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked", body: "0\r\n\r\n" + next)),
    Case(
      "Chunked and then identity", "RFC 9112, 6.1",
      post("Transfer-Encoding: chunked", "Transfer-Encoding: identity", body: "0\r\n\r\n" + next)),
    Case(
      "A space before the colon of Transfer-Encoding", "RFC 9112, 5.1",
      post("Content-Length: 5", "Transfer-Encoding : chunked", body: "0\r\n\r\n" + next)),
    Case(
      "A tab before the colon of Transfer-Encoding", "RFC 9112, 5.1",
      post("Transfer-Encoding\t: chunked", body: "0\r\n\r\n" + next)),
    Case("A space before the colon of Content-Length", "RFC 9112, 5.1", post("Content-Length : 5", body: "hello" + next)),
    Case("A space before Content-Length", "RFC 9112, 5.2", post("X: y", " Content-Length: 5", body: "hello" + next)),
    Case("A folded Transfer-Encoding", "RFC 9112, 5.2", post("Transfer-Encoding:", " chunked", body: "0\r\n\r\n" + next)),
    Case("A folded field with a tab", "RFC 9112, 5.2", post("X: y", "\tTransfer-Encoding: chunked", body: "0\r\n\r\n" + next)),
    Case("White space before the first field", "RFC 9112, 2.2", "GET / HTTP/1.1\r\n Host: {open}\r\nHost: {open}\r\n\r\n" + next),
    Case("A bare LF inside a value", "RFC 9112, 2.2", post("X: a\nTransfer-Encoding: chunked", body: "0\r\n\r\n" + next)),
    Case("A bare CR inside a value", "RFC 9112, 2.2", post("X: a\rTransfer-Encoding: chunked", body: "0\r\n\r\n" + next)),
    Case("A NUL inside a value", "RFC 9110, 5.5", post("X: a\u{0}b", body: next)),
    Case("A control byte inside a value", "RFC 9110, 5.5", post("X: a\u{1}b", body: next)),
    Case("A backspace inside a value", "RFC 9110, 5.5", post("X: a\u{8}b", body: next)),
    Case("A DEL inside a value", "RFC 9110, 5.5", post("X: a\u{7f}b", body: next)),
    Case("A NUL inside a name", "RFC 9110, 5.1", post("Transfer\u{0}-Encoding: chunked", body: "0\r\n\r\n" + next)),
    Case("A NUL before a name", "RFC 9110, 5.1", post("\u{0}Transfer-Encoding: chunked", body: "0\r\n\r\n" + next)),
    Case("A bare CR before a name", "RFC 9112, 2.2", post("\rTransfer-Encoding: chunked", body: "0\r\n\r\n" + next)),
    Case("A space inside a name", "RFC 9110, 5.1", post("Transfer Encoding: chunked", body: "0\r\n\r\n" + next)),
    Case("A byte above 0x7F in a name", "RFC 9110, 5.1", post("X\u{e9}: y", body: next)),
    Case("Brackets in a name", "RFC 9110, 5.1", post("X[]: y", body: next)),
    Case("An empty name", "RFC 9110, 5.1", post(": y", body: next)),
    Case("A field without a colon", "RFC 9112, 5", post("Transfer-Encoding chunked", body: next)),
  ]

  static let lines: [Case<String>] = [
    Case("A head of LF alone", "RFC 9112, 2.2", "GET / HTTP/1.1\nHost: {open}\n\n" + next),
    Case("A request line that ends with LF", "RFC 9112, 2.2", "GET / HTTP/1.1\nHost: {open}\r\n\r\n" + next),
    Case("A field that ends with LF", "RFC 9112, 2.2", "GET / HTTP/1.1\r\nHost: {open}\nX: y\r\n\r\n" + next),
    Case("An empty line of LF", "RFC 9112, 2.2", "GET / HTTP/1.1\r\nHost: {open}\r\n\n" + next),
    Case("Two CRs before an LF", "RFC 9112, 2.2", "GET / HTTP/1.1\r\nHost: {open}\r\r\n\r\n" + next),
    Case("A head of CR alone", "RFC 9112, 2.2", "GET / HTTP/1.1\rHost: {open}\r\r" + next),
    Case("Two spaces before the target", "RFC 9112, 3", "GET  / HTTP/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("Two spaces before the version", "RFC 9112, 3", "GET /  HTTP/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("Tabs between the parts", "RFC 9112, 3", "GET\t/\tHTTP/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("A space before the method", "RFC 9112, 3", " GET / HTTP/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("A space after the version", "RFC 9112, 3", "GET / HTTP/1.1 \r\nHost: {open}\r\n\r\n" + next),
    Case("A space inside the target", "RFC 9112, 3.2", "GET /a b HTTP/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("A second version", "RFC 9112, 3", "GET / HTTP/1.1 HTTP/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("No version", "RFC 9112, 3", "GET /\r\nHost: {open}\r\n\r\n" + next),
    Case("No target", "RFC 9112, 3", "GET HTTP/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("No method", "RFC 9112, 3", "/ HTTP/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("HTTP in small letters", "RFC 9112, 2.3", "GET / http/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("A version of one digit", "RFC 9112, 2.3", "GET / HTTP/1\r\nHost: {open}\r\n\r\n" + next),
    Case("A version of three digits", "RFC 9112, 2.3", "GET / HTTP/1.10\r\nHost: {open}\r\n\r\n" + next),
    Case("A version of eleven", "RFC 9112, 2.3", "GET / HTTP/11.1\r\nHost: {open}\r\n\r\n" + next),
    Case("A version with a leading zero", "RFC 9112, 2.3", "GET / HTTP/01.1\r\nHost: {open}\r\n\r\n" + next),
    Case("HTTP/2.0 on a connection of HTTP/1.1", "RFC 9112, 2.3", "GET / HTTP/2.0\r\nHost: {open}\r\n\r\n" + next),
    Case("The preface of HTTP/2", "RFC 9113, 3.4", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + next),
    Case("Another protocol", "RFC 9112, 2.3", "GET / ICY/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("A method that is no token", "RFC 9110, 9.1", "GE(T / HTTP/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("A NUL in the method", "RFC 9110, 9.1", "G\u{0}ET / HTTP/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("A NUL in the target", "RFC 9112, 3.2", "GET /\u{0} HTTP/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("A control byte in the target", "RFC 9112, 3.2", "GET /\u{1}a HTTP/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("A DEL in the target", "RFC 9112, 3.2", "GET /\u{7f} HTTP/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("A bare CR in the target", "RFC 9112, 3.2", "GET /\rX HTTP/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("A target without a slash", "RFC 9112, 3.2", "GET a HTTP/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("A target of a query alone", "RFC 9112, 3.2", "GET ?a HTTP/1.1\r\nHost: {open}\r\n\r\n" + next),
    Case("A start of TLS", "RFC 8446, 5.1", "\u{16}\u{3}\u{1}\u{0}\u{5}hello\r\n\r\n" + next),
  ]

  static let chunkSizes: [Case<String>] = [
    ("A plus sign", "+5"), ("A minus sign", "-5"), ("Minus nothing", "-0"), ("0x before it", "0x5"), ("A letter after it", "5h"),
    ("Nothing", ""),
    ("No digit", "g"), ("A space before it", " 5"), ("A tab before it", "\t5"), ("An underscore", "5_0"),
    ("More than 64 bits", "FFFFFFFFFFFFFFFFF"),
    ("5 modulo 2^64", "10000000000000005"), ("2^63", "8000000000000000"), ("2^64 - 1", "FFFFFFFFFFFFFFFF"),
    ("A NUL after it", "5\u{0}"),
    ("A bare CR in an extension", "5;a\rb"), ("A bare LF in an extension", "5;a\nb"), ("A NUL in an extension", "5;a\u{0}b"),
    ("A comma", "5,5"),
    ("A vertical tab after it", "5\u{b}"), ("A byte above 0x7F", "5\u{ff}"),
  ].map { Case("A chunk's size: " + $0.0, "RFC 9112, 7.1", chunks("\($0.1)\r\nhello\r\n0\r\n\r\n" + next)) }

  static let chunkLines: [Case<String>] = [
    Case("A size that ends with LF", "RFC 9112, 7.1", chunks("5\nhello\r\n0\r\n\r\n" + next)),
    Case("A size that ends with CR", "RFC 9112, 7.1", chunks("5\rhello\r\n0\r\n\r\n" + next)),
    Case("A size that ends with two CRs", "RFC 9112, 7.1", chunks("5\r\r\nhello\r\n0\r\n\r\n" + next)),
    Case("A chunk that ends with LF", "RFC 9112, 7.1", chunks("5\r\nhello\n0\r\n\r\n" + next)),
    Case("A chunk that ends with CR", "RFC 9112, 7.1", chunks("5\r\nhello\r0\r\n\r\n" + next)),
    Case("A chunk without an end", "RFC 9112, 7.1", chunks("5\r\nhello0\r\n\r\n" + next)),
    Case("A chunk that is longer than it says", "RFC 9112, 7.1", chunks("5\r\nhelloXX\r\n0\r\n\r\n" + next)),
    Case("A chunk that is shorter than it says", "RFC 9112, 7.1", chunks("7\r\nhello\r\n0\r\n\r\n" + next)),
    Case("A last chunk that ends with LF", "RFC 9112, 7.1", chunks("5\r\nhello\r\n0\n\r\n" + next)),
    Case("An end of LF", "RFC 9112, 7.1", chunks("5\r\nhello\r\n0\r\n\n" + next)),
    Case("A trailer with a space before its colon", "RFC 9112, 5.1", chunks("0\r\nX : y\r\n\r\n" + next)),
    Case("A trailer without a colon", "RFC 9112, 5", chunks("0\r\nX\r\n\r\n" + next)),
    Case("A trailer that ends with LF", "RFC 9112, 2.2", chunks("0\r\nX: y\n\r\n" + next)),
    Case("A folded trailer", "RFC 9112, 5.2", chunks("0\r\nX: y\r\n z\r\n\r\n" + next)),
    Case("A trailer with a NUL", "RFC 9110, 5.5", chunks("0\r\nX: \u{0}\r\n\r\n" + next)),
  ]

  static let refused = both + lengths + codings + fields + lines + chunkSizes + chunkLines

  /// Odd, but with one meaning: refused, or passed on as the one request that it is.
  static let refusedOrPassed: [Case<String>] = [
    Case("A length with a leading zero", "RFC 9110, 8.6", post("Content-Length: 05", body: "hello")),
    Case("Chunked in capitals", "RFC 9112, 7", post("Transfer-Encoding: CHUNKED", body: chunked("hello"))),
    Case("White space around chunked", "RFC 9112, 5.1", post("Transfer-Encoding: \t chunked \t ", body: chunked("hello"))),
    Case("A list with an empty member", "RFC 9110, 5.6.1", post("Transfer-Encoding: chunked,", body: chunked("hello"))),
    Case("Leading zeros of a chunk's size", "RFC 9112, 7.1", chunks("00000005\r\nhello\r\n0\r\n\r\n")),
    Case(
      "Hundreds of leading zeros of a chunk's size", "RFC 9112, 7.1",
      chunks(String(repeating: "0", count: 400) + "5\r\nhello\r\n0\r\n\r\n")),
    Case("A last chunk of many zeros", "RFC 9112, 7.1", chunks("5\r\nhello\r\n00000\r\n\r\n")),
    Case("A space after a chunk's size", "RFC 9112, 7.1.1", chunks("5 \r\nhello\r\n0\r\n\r\n")),
    Case(
      "An extension of ten kilobytes", "RFC 9112, 7.1.1",
      chunks("5;" + String(repeating: "x", count: 10_000) + "\r\nhello\r\n0\r\n\r\n")),
    Case("An extension with a quoted CRLF-like text", "RFC 9112, 7.1.1", chunks("5;a=\"\\r\\n0\"\r\nhello\r\n0\r\n\r\n")),
    Case("A trailer that names a length", "RFC 9110, 6.5.1", chunks("5\r\nhello\r\n0\r\nContent-Length: 0\r\n\r\n")),
    Case("A trailer that names a coding", "RFC 9110, 6.5.1", chunks("5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n")),
    Case("Content_Length with an underscore", "RFC 9110, 5.1", post("Content_Length: 0", "Content-Length: 5", body: "hello")),
    Case(
      "Transfer_Encoding with an underscore", "RFC 9110, 5.1",
      post("Transfer_Encoding: chunked", "Content-Length: 5", body: "hello")),
    Case(
      "Content-Length named in Connection", "RFC 9110, 7.6.1",
      post("Connection: Content-Length", "Content-Length: 5", body: "hello")),
    Case(
      "Transfer-Encoding named in Connection", "RFC 9110, 7.6.1",
      post("Connection: Transfer-Encoding", "Transfer-Encoding: chunked", body: chunked("hello"))),
    Case("HTTP/1.2", "RFC 9110, 2.5", "POST / HTTP/1.2\r\nHost: {open}\r\nContent-Length: 5\r\n\r\nhello"),
  ]
}
