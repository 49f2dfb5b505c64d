import TestSupport
import Testing

@Suite("What the gateway says itself is short, honest and fit for its reader", .conformance)
struct OwnAnswerTests {
  static let requests: [Case<(request: String, status: Int)>] = [
    Case("Who are you", "RFC 9110, 15.5.2", ("GET / HTTP/1.1\r\nHost: {host}\r\n\(accept)\r\n\r\n", 401)),
    Case("Not there", "RFC 9110, 15.6.3", ("GET / HTTP/1.1\r\nHost: {open}\r\n\(accept)\r\n\r\n", 502)),
    Case(
      "No such page", "RFC 9110, 15.5.5",
      ("GET /nothing HTTP/1.1\r\nHost: nobody.example\r\n\(Site.credentials)\r\n\(accept)\r\n\r\n", 404)),
  ]
  private static let accept = "Accept: {accept}"

  static let readers = ["application/json", "text/html,application/xhtml+xml,*/*;q=0.8", "text/plain", "*/*"]

  @Test("An answer of its own comes as its reader wants it, and says whose it is", arguments: requests, readers)
  func format(request: Case<(request: String, status: Int)>, reader: String) throws {
    // Nothing listens behind this site.
    let site = try Lab.shared.site(.standard)
    let parts = request.value.request.split(separator: "{accept}", omittingEmptySubsequences: false)
    let response = try site.exchange(parts.joined(separator: reader))
    #expect(response.status == request.value.status)
    #expect(response["Server"] == "leanto")
    let type = response["Content-Type"] ?? ""
    switch reader {
    case "application/json":
      #expect(type.hasPrefix("application/json"))
      #expect(response.text.hasPrefix("{") && response.text.contains("}"))
    case "text/plain", "*/*": #expect(type.hasPrefix("text/plain"))
    default: #expect(type.hasPrefix("text/html"))
    }
    #expect(!response.body.isEmpty && response.body.count < 16_384)
  }

  @Test("An answer of its own to HEAD has no body (RFC 9110, 9.3.2)")
  func headRequest() throws {
    try withSite { site in
      let client = try site.connect()
      try client.send(site.fill(head("HEAD / HTTP/1.1", "Host: {host}") + head("GET / HTTP/1.1", "Host: {open}")))
      #expect(try client.response(to: "HEAD").status == 401)
      #expect(try client.response().status == 200)
    }
  }

  @Test("A refusal of a broken request says whose it is too")
  func badRequest() throws {
    try withSite { site in
      let response = try site.exchange("GET / HTTP/1.1\r\nHost: {open}\r\nbroken\r\n\r\n")
      #expect(response.status == 400)
      #expect(response["Server"] == "leanto")
    }
  }

  @Test("What a client sent is not written back into a page")
  func noEcho() throws {
    try withSite { site in
      let text = "<script>alert(1)</script>"
      for request in [
        head("GET /\(text) HTTP/1.1", "Host: {host}", "Accept: text/html"),
        head("GET /x?\(text) HTTP/1.1", "Host: {host}", "Accept: text/html"),
        head("GET / HTTP/1.1", "Host: {host}", "Accept: text/html", "Authorization: Basic \(text)"),
        head("GET / HTTP/1.1", "Host: {host}", "Accept: text/html", "\(text): x"),
      ] {
        let response = try site.exchange(request)
        #expect(response.status >= 400)
        #expect(!response.body.holds("<script>alert"))
      }
    }
  }

  @Test("A service's answer is not signed by the gateway", arguments: ["Server: mine", ""])
  func passedOn(field: String) throws {
    try withSite({ exchange in try exchange.answer("200 OK", field.isEmpty ? [] : [field]) }) { site in
      let response = try site.exchange(head("GET / HTTP/1.1", "Host: {open}"))
      #expect(response.values("Server") == (field.isEmpty ? [] : ["mine"]))
    }
  }
}
