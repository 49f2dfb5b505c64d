/// Answers that two readers could read in two ways, or that are no answers.
enum ResponseSmuggling {
  private static func ok(_ fields: String..., body: String) -> String {
    (["HTTP/1.1 200 OK"] + fields).map { $0 + "\r\n" }.joined() + "\r\n" + body
  }

  static let framing: [Case<String>] = [
    Case("Two lengths that differ", "RFC 9112, 6.3", ok("Content-Length: 2", "Content-Length: 3", body: "ok!")),
    Case("A list of lengths that differ", "RFC 9112, 6.3", ok("Content-Length: 2, 3", body: "ok!")),
    Case("A length with chunked", "RFC 9112, 6.3", ok("Content-Length: 2", "Transfer-Encoding: chunked", body: "0\r\n\r\n")),
    Case("Chunked with a length", "RFC 9112, 6.3", ok("Transfer-Encoding: chunked", "Content-Length: 5", body: "0\r\n\r\n")),
    Case("A minus sign", "RFC 9112, 6.3", ok("Content-Length: -2", body: "ok")),
    Case("A plus sign", "RFC 9112, 6.3", ok("Content-Length: +2", body: "ok")),
    Case("A hexadecimal length", "RFC 9112, 6.3", ok("Content-Length: 0x2", body: "ok")),
    Case("Letters after a length", "RFC 9112, 6.3", ok("Content-Length: 2a", body: "ok")),
    Case("A length of more than 64 bits", "RFC 9112, 6.3", ok("Content-Length: 99999999999999999999", body: "ok")),
    Case("A length of nothing", "RFC 9112, 6.3", ok("Content-Length: ", body: "ok")),
    Case("An unknown coding", "RFC 9112, 6.1", ok("Transfer-Encoding: cow", body: "ok")),
    Case("Chunked twice", "RFC 9112, 6.1", ok("Transfer-Encoding: chunked, chunked", body: "0\r\n\r\n")),
    Case(
      "Two fields of chunked", "RFC 9112, 6.1", ok("Transfer-Encoding: chunked", "Transfer-Encoding: chunked", body: "0\r\n\r\n")),
    Case("A vertical tab before chunked", "RFC 9112, 6.1", ok("Transfer-Encoding: \u{b}chunked", body: "0\r\n\r\n")),
  ]

  static let fields: [Case<String>] = [
    Case("A space before a colon", "RFC 9112, 5.1", ok("Content-Length : 2", body: "ok")),
    Case("A field without a colon", "RFC 9112, 5", ok("Content-Length: 2", "X", body: "ok")),
    Case("An empty name", "RFC 9110, 5.1", ok("Content-Length: 2", ": x", body: "ok")),
    Case("A folded field", "RFC 9112, 5.2", ok("Content-Length: 2", "X: y", " z", body: "ok")),
    Case("White space before the first field", "RFC 9112, 2.2", ok(" Content-Length: 2", "Content-Length: 2", body: "ok")),
    Case("A NUL in a value", "RFC 9110, 5.5", ok("Content-Length: 2", "X: \u{0}", body: "ok")),
    Case("A control byte in a value", "RFC 9110, 5.5", ok("Content-Length: 2", "X: \u{1}", body: "ok")),
    Case("A bare CR in a value", "RFC 9112, 2.2", ok("Content-Length: 2", "X: a\rY: b", body: "ok")),
    Case("A bare LF between fields", "RFC 9112, 2.2", ok("Content-Length: 2", "X: a\nY: b", body: "ok")),
    Case("A head of LF alone", "RFC 9112, 2.2", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
    Case("A byte above 0x7F in a name", "RFC 9110, 5.1", ok("Content-Length: 2", "X\u{e9}: y", body: "ok")),
    Case("A space inside a name", "RFC 9110, 5.1", ok("Content-Length: 2", "X Y: y", body: "ok")),
  ]

  static let statusLines: [Case<String>] = [
    ("Two digits", "HTTP/1.1 20 OK"), ("Four digits", "HTTP/1.1 2000 OK"), ("Letters", "HTTP/1.1 abc OK"),
    ("No status", "HTTP/1.1 OK"),
    ("Below 100", "HTTP/1.1 099 OK"), ("A minus sign", "HTTP/1.1 -20 OK"), ("Another protocol", "ICY 200 OK"),
    ("HTTP/2", "HTTP/2 200"),
    ("HTTP/0.9 by name", "HTTP/0.9 200 OK"), ("HTTP/3.0", "HTTP/3.0 200 OK"), ("Small letters", "http/1.1 200 OK"),
    ("A space before it", " HTTP/1.1 200 OK"),
    ("A tab", "HTTP/1.1\t200 OK"), ("Two spaces", "HTTP/1.1  200 OK"), ("Junk", "garbage"),
    ("A page without a head", "<html>hello</html>"),
    ("An NUL in the reason", "HTTP/1.1 200 O\u{0}K"), ("A bare CR in the reason", "HTTP/1.1 200 O\rK"),
    ("Something after the status", "HTTP/1.1 200OK"),
  ].map { Case("A status line: " + $0.0, "RFC 9112, 4", "\($0.1)\r\nContent-Length: 2\r\n\r\nok") }

  static let others: [Case<String>] = [
    Case(
      "An upgrade that nobody asked for", "RFC 9110, 7.8",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
    Case("Nothing at all", "RFC 9112, 8", ""),
    Case("A head without an end", "RFC 9112, 8", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"),
    Case("Half a status line", "RFC 9112, 8", "HTTP/1.1 2"),
    Case(
      "A mebibyte of one field", "RFC 9110, 5.4",
      ok("X: " + String(repeating: "y", count: 1 << 20), "Content-Length: 2", body: "ok")),
    Case(
      "A mebibyte of fields", "RFC 9110, 5.4",
      "HTTP/1.1 200 OK\r\n" + String(repeating: "X: yyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n", count: 1 << 15) + "\r\n"),
    Case("A mebibyte of status line", "RFC 9112, 4", "HTTP/1.1 200 " + String(repeating: "y", count: 1 << 20) + "\r\n\r\n"),
  ]

  static let bad = framing + fields + statusLines + others

  static let broken: [Case<String>] = [
    Case("A body shorter than its length", "RFC 9112, 8", ok("Content-Length: 10", body: "hello")),
    Case("A body without a last chunk", "RFC 9112, 8", ok("Transfer-Encoding: chunked", body: "5\r\nhello\r\n")),
    Case("A chunk cut short", "RFC 9112, 8", ok("Transfer-Encoding: chunked", body: "a\r\nhello")),
    Case("A last chunk without the empty line", "RFC 9112, 8", ok("Transfer-Encoding: chunked", body: "5\r\nhello\r\n0\r\n")),
    Case(
      "A chunk's size with a minus sign", "RFC 9112, 7.1",
      ok("Transfer-Encoding: chunked", body: "5\r\nhello\r\n-1\r\n\r\n0\r\n\r\n")),
    Case("A chunk's size of letters", "RFC 9112, 7.1", ok("Transfer-Encoding: chunked", body: "5\r\nhello\r\nxyz\r\n0\r\n\r\n")),
    Case(
      "A chunk's size of more than 64 bits", "RFC 9112, 7.1",
      ok("Transfer-Encoding: chunked", body: "5\r\nhello\r\n10000000000000005\r\nhello\r\n0\r\n\r\n")),
    Case("A chunk longer than it says", "RFC 9112, 7.1", ok("Transfer-Encoding: chunked", body: "5\r\nhelloXX\r\n0\r\n\r\n")),
    Case("A chunk that ends with LF", "RFC 9112, 7.1", ok("Transfer-Encoding: chunked", body: "5\r\nhello\n0\r\n\r\n")),
    Case("A chunk's size that ends with LF", "RFC 9112, 7.1", ok("Transfer-Encoding: chunked", body: "5\nhello\r\n0\r\n\r\n")),
    Case(
      "A bare LF in a chunk's extension", "RFC 9112, 7.1.1",
      ok("Transfer-Encoding: chunked", body: "5;a\nb\r\nhello\r\n0\r\n\r\n")),
    Case("A trailer without a colon", "RFC 9112, 5", ok("Transfer-Encoding: chunked", body: "5\r\nhello\r\n0\r\nX\r\n\r\n")),
  ]

  private static let poison = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned"

  static let excessive: [Case<String>] = [
    Case("Two answers to one request", "RFC 9112, 9.2", ok("Content-Length: 2", body: "ok") + poison),
    Case("Bytes after a body", "RFC 9112, 6.3", ok("Content-Length: 2", body: "ok and more")),
    Case(
      "An answer after a last chunk", "RFC 9112, 9.2", ok("Transfer-Encoding: chunked", body: "2\r\nok\r\n0\r\n\r\n") + poison),
    Case("A 204 with an answer behind it", "RFC 9112, 6.3", "HTTP/1.1 204 No Content\r\n\r\n" + poison),
    Case(
      "A 204 with a body", "RFC 9112, 6.3", "HTTP/1.1 204 No Content\r\nContent-Length: \(poison.utf8.count)\r\n\r\n" + poison),
    Case(
      "A 304 with a body", "RFC 9112, 6.3", "HTTP/1.1 304 Not Modified\r\nContent-Length: \(poison.utf8.count)\r\n\r\n" + poison),
    Case("A 204 with chunks", "RFC 9112, 6.3", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n" + poison),
  ]
}
