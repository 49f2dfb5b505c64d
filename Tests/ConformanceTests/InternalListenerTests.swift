import TestSupport
import Testing

@Suite("The internal listener, which asks for no credentials", .conformance)
struct InternalListenerTests {
  static let foreign: [Case<[String]>] = [
    Case("Another site's page", "Fetch Metadata", ["Host: {host}", "Sec-Fetch-Site: cross-site"]),
    Case("Another page of this machine", "Fetch Metadata", ["Host: {open}", "Sec-Fetch-Site: same-site"]),
    Case("A page that says where it is from", "RFC 6454, 7", ["Host: 127.0.0.1", "Origin: https://evil.example"]),
    Case(
      "A page whose name was made to lead here", "DNS rebinding",
      ["Host: evil.example:8082", "User-Agent: Mozilla/5.0 (X11; Linux x86_64)", "Accept-Language: en"]),
  ]

  @Test("refuses what a browser sends for a page from elsewhere", arguments: foreign)
  func pages(value: Case<[String]>) throws {
    try withSite { site in
      let request = (["GET {prefix}a HTTP/1.1"] + value.value + [""]).map { $0 + "\r\n" }.joined()
      let response = try site.exchange(request, .internal)
      #expect(response.status == 403)
      #expect(site.upstream.requests.isEmpty)
    }
  }

  @Test("serves programs, under any name", arguments: ["{host}", "gateway", "n8n.example.com", "127.0.0.1:8082"])
  func programs(name: String) throws {
    try withSite { site in
      site.upstream.follow { try $0.answer() }
      let response = try site.exchange(
        head("GET {prefix}a HTTP/1.1", "Host: \(name)", "User-Agent: axios/1.8.2", "Accept: application/json"), .internal)
      #expect(response.status == 200)
    }
  }
}
