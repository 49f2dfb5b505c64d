import HTTP
import Testing

@Suite("Another engine's question")
struct EngineFieldsTests {
  private func head(_ fields: [String]) -> [UInt8] {
    Array((["GET /leanto-question HTTP/1.1", "Host: a"] + fields + ["", ""]).joined(separator: "\r\n").utf8)
  }

  private func text(_ bytes: [UInt8], _ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  static let usual = [
    "X-Leanto-Ask: decide", "X-Leanto-Listener: tunnel", "X-Leanto-Method: POST", "X-Leanto-Target: /a?b",
    "X-Leanto-Version: HTTP/1.1",
    "X-Leanto-Peer: 127.0.0.1", "X-Leanto-Length: 12",
  ]

  @Test("Its fields are found, whatever the case of their names")
  func found() throws {
    let bytes = head(Self.usual.map { $0.replacing("X-Leanto-Ask", with: "x-LEANTO-ask") })
    var scanned = RequestHead()
    guard try scanned.scan(bytes.span) else { return fail("it cannot be read") }
    guard let fields = scanned.engineFields(bytes.span) else { return fail("it cannot be read") }
    #expect(text(bytes, fields.ask) == "decide" && text(bytes, fields.listener) == "tunnel")
    #expect(text(bytes, fields.peer) == "127.0.0.1" && text(bytes, fields.length) == "12")
  }

  @Test("One that is there twice makes the question unreadable", arguments: ["Ask", "Listener", "Method", "Target", "Peer"])
  func twice(name: String) throws {
    let bytes = head(Self.usual + ["X-Leanto-\(name): other"])
    var scanned = RequestHead()
    guard try scanned.scan(bytes.span) else { return fail("it cannot be read") }
    let isRead = scanned.engineFields(bytes.span) != nil
    #expect(!isRead)
  }

  @Test("The request that it is about takes the question's place: method, target and what follows from them")
  func line() throws {
    let bytes = head(Self.usual)
    var scanned = RequestHead()
    guard try scanned.scan(bytes.span) else { return fail("it cannot be read") }
    guard let fields = scanned.engineFields(bytes.span) else { return fail("it cannot be read") }
    try scanned.takeLine(bytes.span, fields)
    let (method, path, isSafe, isOld) = (scanned.method, scanned.path, scanned.isSafe, scanned.isVersion10)
    #expect(text(bytes, method) == "POST" && text(bytes, path) == "/a?b")
    #expect(!isSafe && !isOld)
  }

  @Test(
    "A request line that no engine of ours would pass on is refused",
    arguments: [
      ("GET", "nothing"), ("GET", "/a#b"), ("CONNECT", "/"), ("G T", "/"), ("GET", "*"), ("GET", "ftp://a/"), ("GET", ""),
    ])
  func refused(method: String, target: String) throws {
    let bytes = head(["X-Leanto-Method: \(method)", "X-Leanto-Target: \(target)"])
    var scanned = RequestHead()
    guard try scanned.scan(bytes.span) else { return fail("it cannot be read") }
    guard let fields = scanned.engineFields(bytes.span) else { return fail("it cannot be read") }
    var isRefused = false
    do throws(HeadProblem) { try scanned.takeLine(bytes.span, fields) } catch { isRefused = true }
    #expect(isRefused)
  }

  @Test(
    "Cookies that a service must not see are left out, the others are one field",
    arguments: [
      (["a=1; door=x; b=2"], "a=1; b=2"), (["door=x"], ""), (["a=1", "door=x; b=2"], "a=1; b=2"), (["a=1"], nil), ([], nil),
    ] as [([String], String?)])
  func cookies(fields: [String], kept: String?) throws {
    let bytes = head(fields.map { "Cookie: " + $0 })
    var scanned = RequestHead()
    guard try scanned.scan(bytes.span) else { return fail("it cannot be read") }
    let left = scanned.cookies(bytes.span, without: [Array("door".utf8)])
    #expect(left == kept.map { Array($0.utf8) })
  }
}
