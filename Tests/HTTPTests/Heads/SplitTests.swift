import HTTP
import HTTPReference
import TestSupport
import Testing

@Suite("A head in pieces")
struct SplitTests {
  private static let accepted: [String] = [
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST http://b:81/x?y HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nX-Y: \t z \r\n\r\n",
    "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade, x\r\nUpgrade: websocket\r\nX: y\r\n\r\n",
  ]

  @Test("asks for more until its last byte, and is the same with bytes behind it", arguments: accepted)
  func whole(text: String) {
    let bytes = octets(text)
    let whole = readRequest(bytes)
    #expect(whole.message?.length == bytes.count)
    for count in bytes.indices where readRequest(Array(bytes[..<count])) != .more { Issue.record("\(count) bytes are not more") }
    #expect(readRequest(bytes + octets("GET / HT")) == whole)
    #expect(readRequest(bytes + [0, 10, 255]) == whole)
  }

  @Test(
    "is refused for the same reason or not yet, wherever it is cut",
    arguments: Refusal.lines + Refusal.fields + Refusal.framing + Refusal.hosts)
  func refusals(refusal: Refusal) {
    let bytes = octets(refusal.head)
    for count in 0...bytes.count {
      let part = readRequest(Array(bytes[..<count]))
      if part != .more, part != .refused(refusal.problem) { Issue.record("\(count) bytes are \(part)") }
    }
  }

  @Test("of an answer asks for more until its last byte")
  func response() {
    let bytes = octets("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA:\r\n\r\n")
    for count in bytes.indices where readResponse(Array(bytes[..<count])) != .more { Issue.record("\(count) bytes are not more") }
    #expect(readResponse(bytes + octets("hello")) == readResponse(bytes))
  }

  @Test("of a broken answer is refused or not yet, wherever it is cut", arguments: ResponseRefusal.all)
  func brokenResponse(refusal: ResponseRefusal) {
    let bytes = octets(refusal.head)
    for count in 0...bytes.count {
      let part = readResponse(Array(bytes[..<count]))
      if part != .more, part.problem == nil { Issue.record("\(count) bytes are \(part)") }
    }
  }
}
