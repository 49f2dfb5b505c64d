import HTTP
import HTTPReference
import TestSupport
import Testing

struct ResponseRefusal: Sendable, CustomTestStringConvertible {
  var why: String
  var head: String
  var testDescription: String { why }

  init(_ why: String, _ head: String) { (self.why, self.head) = (why, head) }

  static func line(_ why: String, _ line: String) -> ResponseRefusal { .init(why, "\(line)\r\nContent-Length: 0\r\n\r\n") }
  static func field(_ why: String, _ lines: String) -> ResponseRefusal { .init(why, "HTTP/1.1 200 OK\r\n\(lines)\r\n\r\n") }

  static let all: [ResponseRefusal] = [
    line("HTTP/0.9 is a body at once", "<html>"), line("another protocol", "ICY 200 OK"), line("HTTP/2", "HTTP/2.0 200 OK"),
    line("HTTP/1.2", "HTTP/1.2 200 OK"), line("no minor version", "HTTP/1 200 OK"), line("lower case", "http/1.1 200 OK"),
    line("two spaces", "HTTP/1.1  200 OK"), line("a tab", "HTTP/1.1\t200 OK"), line("two digits", "HTTP/1.1 20 OK"),
    line("four digits", "HTTP/1.1 2000 OK"), line("letters", "HTTP/1.1 2xx OK"), line("a sign", "HTTP/1.1 +20 OK"),
    line("a status below 100", "HTTP/1.1 099 Low"), line("a status above 599", "HTTP/1.1 600 High"),
    line("no space after the status", "HTTP/1.1 200OK"), line("no status", "HTTP/1.1"),
    line("a space before", " HTTP/1.1 200 OK"),
    line("a NUL in the reason", "HTTP/1.1 200 O\u{0}K"), line("a bare CR in the reason", "HTTP/1.1 200 O\rK"),
    line("a control character in the reason", "HTTP/1.1 200 \u{1B}[2J"),
    .init("a bare LF after the status line", "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n"),
    .init("a LF at the start", "\nHTTP/1.1 200 OK\r\n\r\n"), .init("an empty line at the start", "\r\nHTTP/1.1 200 OK\r\n\r\n"),
    field("two lengths", "Content-Length: 1\r\nContent-Length: 2"),
    field("equal lengths", "Content-Length: 1\r\nContent-Length: 1"),
    field("a list of lengths", "Content-Length: 1, 1"), field("a negative length", "Content-Length: -1"),
    field("a length beside chunks", "Content-Length: 1\r\nTransfer-Encoding: chunked"),
    field("an unknown coding", "Transfer-Encoding: gzip"), field("two codings", "Transfer-Encoding: gzip, chunked"),
    field("a space before the colon", "A : b"), field("a fold", "A: b\r\n c"), field("a bare LF", "A: b\nC: d"),
    field("a bare CR", "A: b\rC: d"), field("a NUL", "A: \u{0}"), field("no colon", "Abc"), field("no name", ": b"),
    field("an obsolete fold of a length", "Content-Length:\r\n 5"),
    .init("chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    .init("129 fields", "HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 129) + "\r\n"),
    .init("64 KiB of field", "HTTP/1.1 200 OK\r\nA: \(String(repeating: "x", count: 65_536))\r\n\r\n"),
    .init("64 KiB of reason", "HTTP/1.1 200 \(String(repeating: "x", count: 65_536))\r\n\r\n"),
  ]
}

@Suite("A response head")
struct ResponseHeadTests {
  @Test("is refused when it is broken", arguments: ResponseRefusal.all)
  func refusals(refusal: ResponseRefusal) { #expect(readResponse(refusal.head).problem != nil) }

  @Test(
    "may lack its reason or have an odd one",
    arguments: [
      ("HTTP/1.1 200", 200, " 200"), ("HTTP/1.1 200 ", 200, " 200 "), ("HTTP/1.1 404 Nicht da", 404, " 404 Nicht da"),
      ("HTTP/1.0 500 \u{FC}ber", 500, " 500 \u{FC}ber"), ("HTTP/1.1 599 \t", 599, " 599 \t"),
      ("HTTP/1.1 100 Continue", 100, " 100 Continue"),
    ])
  func statusLines(line: String, status: Int, text: String) throws {
    let head = try #require(readResponse("\(line)\r\n\r\n").message)
    #expect(head.status == status && head.statusText == text && head.isVersion10 == line.hasPrefix("HTTP/1.0"))
  }

  @Test(
    "knows how its body ends",
    arguments: [
      (200, "Content-Length: 5", false, .length(5)), (200, "Content-Length: 0", false, .none), (200, "", false, .untilClose),
      (200, "Transfer-Encoding: chunked", false, .chunked), (200, "Content-Length: 5", true, .none),
      (200, "Transfer-Encoding: chunked", true, .none), (200, "", true, .none), (204, "Content-Length: 5", false, .none),
      (204, "", false, .none), (304, "Content-Length: 5", false, .none), (304, "Transfer-Encoding: chunked", false, .none),
      (100, "Content-Length: 5", false, .none), (101, "", false, .none), (500, "", false, .untilClose),
    ] as [(Int, String, Bool, HTTP.BodyFraming)])
  func framing(status: Int, field: String, isHead: Bool, framing: HTTP.BodyFraming) {
    let lines = field.isEmpty ? "" : field + "\r\n"
    #expect(readResponse("HTTP/1.1 \(status) x\r\n\(lines)\r\n", isHeadRequest: isHead).message?.framing == framing)
  }

  @Test(
    "keeps its connection as its version and Connection say",
    arguments: [
      ("1.1", "x", true), ("1.1", "close", false), ("1.0", "x", false), ("1.0", "keep-alive", true),
      ("1.0", "close, keep-alive", false),
    ])
  func keepsAlive(version: String, value: String, keepsAlive: Bool) {
    #expect(readResponse("HTTP/\(version) 200 OK\r\nConnection: \(value)\r\n\r\n").message?.keepsAlive == keepsAlive)
  }
}
