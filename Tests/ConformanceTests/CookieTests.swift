import TestSupport
import Testing

@Suite("Cookies reach the service, but for the door's own", .conformance)
struct CookieTests {
  @Test(
    "The service's cookies pass and the door's are left out",
    arguments: [
      ("a=1", "a=1"), ("a=1; b=2", "a=1; b=2"), ("a=1; leanto-session=x; b=2", "a=1; b=2"), ("__Host-leanto=x; a=1", "a=1"),
      ("leanto-session=x", nil), ("leanto-session=x; __Host-leanto=y", nil),
    ] as [(String, String?)])
  func passed(sent: String, seen: String?) throws {
    try withSite { site in
      for host in ["{open}", "{host}"] {
        let response = try site.exchange(head("GET /hook HTTP/1.1", "Host: \(host)", "Cookie: \(sent)"))
        #expect(response.status == 200)
        #expect(site.upstream.requests.last?["Cookie"] == seen)
      }
    }
  }

  @Test("A request whose path is / may have a body, whatever its method", arguments: ["GET", "POST", "DELETE"])
  func body(method: String) throws {
    try withSite { site in
      for path in ["/", "/?q", "/leanto-question"] {
        let client = try site.connect()
        try client.send(site.fill(head("\(method) \(path) HTTP/1.1", "Host: {open}", "Content-Length: 5")) + "hello")
        #expect(try client.response(to: method).status == 200)
        #expect(site.upstream.requests.last?.text == "hello" && site.upstream.requests.last?.target == path)
      }
    }
  }
}
