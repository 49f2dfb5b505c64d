import Testing

@testable import HTTP

@Suite("Where no credentials are asked for, a request of a page from elsewhere is told by")
struct ForeignPageTests {
  private func isForeign(_ host: String, _ fields: [String], isOwnHost: Bool = false) throws -> Bool {
    let bytes = Array(("POST /x HTTP/1.1\r\nHost: \(host)\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n").utf8)
    var head = RequestHead()
    let isWhole = try head.scan(bytes.span)
    #expect(isWhole)
    return head.mayBeFromForeignPage(bytes.span, isOwnHost: isOwnHost)
  }

  @Test("what the browser says of it", arguments: ["gateway", "127.0.0.1:8082", "evil.example"])
  func said(host: String) throws {
    #expect(try isForeign(host, ["Sec-Fetch-Site: cross-site"]))
    #expect(try isForeign(host, ["sec-fetch-site: same-site"]))
    #expect(try isForeign(host, ["Origin: https://evil.test"]))
    #expect(try isForeign(host, ["Origin: null"], isOwnHost: true))
  }

  static let browser = [
    "User-Agent: Mozilla/5.0", "user-agent: mozilla/5.0 (X11)", "Accept-Language: de", "Referer: http://evil.example/",
    "Sec-CH-UA: x",
  ]

  @Test(
    "a name on the internet under which a browser asks", arguments: ["evil.example", "evil.example:8082", "a.b.c", "1.2.3.x"],
    browser)
  func rebound(host: String, field: String) throws {
    #expect(try isForeign(host, [field]))
    #expect(try !isForeign(host, [field], isOwnHost: true))
    #expect(try !isForeign(host, ["User-Agent: axios/1.8", "Accept: */*"]))
  }

  @Test(
    "nothing under a name that nobody on the internet can have",
    arguments: [
      "gateway", "gateway:80", "localhost", "n8n.localhost", "box.local", "host.docker.internal:11434", "127.0.0.1",
      "10.0.0.7:80",
      "[::1]:80", "gateway.", "LOCALHOST",
    ], browser)
  func local(host: String, field: String) throws { #expect(try !isForeign(host, [field])) }
}
