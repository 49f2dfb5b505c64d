import HTTP
import TestSupport
import Testing

/// A request as it comes, and as the service gets it.
struct GoldenRequest: Sendable, CustomTestStringConvertible {
  var what: String
  var line = "GET /a HTTP/1.1"
  var fields: [String]
  var forwarding = RequestForwarding()
  /// The line and fields that the service gets, in order, before the forwarded fields of ours.
  var outLine = "GET /a HTTP/1.1"
  var out: [String]
  var host: String? = "h"
  var tail: [String] = []

  var testDescription: String { what }

  init(
    _ what: String, line: String = "GET /a HTTP/1.1", _ fields: [String], with forwarding: RequestForwarding = .init(),
    gets outLine: String = "GET /a HTTP/1.1", _ out: [String], host: String? = "h", tail: [String] = []
  ) {
    (self.what, self.line, self.fields, self.forwarding) = (what, line, fields, forwarding)
    (self.outLine, self.out, self.host, self.tail) = (outLine, out, host, tail)
  }

  var head: String { ([line] + fields).map { $0 + "\r\n" }.joined() + "\r\n" }

  var forwarded: String {
    let proto = "X-Forwarded-Proto: \(forwarding.isSecure ? "https" : "http")"
    let own = ["X-Forwarded-For: 203.0.113.9", proto] + (host.map { ["X-Forwarded-Host: \($0)"] } ?? [])
    return ([outLine] + out + own + tail).map { $0 + "\r\n" }.joined() + "\r\n"
  }
}

extension GoldenRequest {
  static let hops: [GoldenRequest] = [
    .init(
      "plain fields pass as they are, white space and all", ["Host: h", "X-A:1", "x-b: \t 2 ", "X-C:"],
      ["Host: h", "X-A:1", "x-b: \t 2 ", "X-C:"]),
    .init("repeated fields keep their order", ["A: 1", "Host: h", "A: 2"], ["A: 1", "Host: h", "A: 2"]),
    .init(
      "hop-by-hop fields end here",
      [
        "Connection: keep-alive", "Host: h", "Keep-Alive: timeout=5", "Proxy-Connection: close", "TE: trailers", "Trailer: X",
        "Proxy-Authorization: Basic eA==", "Upgrade: h2c", "X: y",
      ], ["Host: h", "X: y"]),
    .init(
      "fields that Connection names end here", ["Host: h", "Connection: X-Hop, x-other", "X-Hop: 1", "X-Other: 2", "X-Stay: 3"],
      ["Host: h", "X-Stay: 3"]),
    .init(
      "of several Connection fields each counts", ["Connection: a", "Host: h", "A: 1", "B: 2", "Connection: b"], ["Host: h"]),
    .init(
      "Connection takes neither credentials nor routing away",
      [
        "Host: h", "Connection: close, Host, Authorization, Cookie, X-Forwarded-For, X-Request-From, Content-Length",
        "Authorization: Bearer t", "Cookie: a=b", "X-Request-From: internal", "Content-Length: 0",
      ], ["Host: h", "Authorization: Bearer t", "Cookie: a=b", "X-Request-From: internal", "Content-Length: 0"]),
    .init(
      "names in Connection match whole", ["Host: h", "Connection: X-Lon", "X-Long: 1", "X-Lo: 2"],
      ["Host: h", "X-Long: 1", "X-Lo: 2"]),
    .init("only the last field is left out", ["Host: h", "TE: trailers"], ["Host: h"]),
    .init(
      "a websocket's handshake is made anew", ["Host: h", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: k"],
      ["Host: h", "Sec-WebSocket-Key: k"], tail: ["Connection: Upgrade", "Upgrade: websocket"]),
    .init(
      "another upgrade is not offered", ["Host: h", "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: x"],
      ["Host: h"]),
  ]

  static let identities: [GoldenRequest] = [
    .init(
      "what the client says of its address is replaced",
      [
        "Host: h", "X-Forwarded-For: 1.2.3.4", "x-forwarded-proto: https", "X-Forwarded-Host: evil", "Forwarded: for=1.2.3.4",
        "X-Real-IP: 1.2.3.4", "X-Forwarded-Port: 1", "X-Forwarded-Anything: 1", "True-Client-IP: 1", "CF-Connecting-IP: 1",
      ], ["Host: h"]),
    .init(
      "what the client says of who it is, is dropped",
      [
        "Host: h", "Remote-User: root", "X-Remote-User: root", "X-Forwarded-User: root", "X-Authenticated-User: root",
        "X-Auth-Request-User: root", "Remote-Email: a@b", "Remote-Groups: wheel",
      ], ["Host: h"]),
    .init(
      "another target is dropped", ["Host: h", "X-Original-URL: /admin", "X-Rewrite-URL: /admin", "X-Original-Host: e"],
      ["Host: h"]),
    .init(
      "names with underscores that some servers read as ours are dropped",
      [
        "Host: h", "X_Forwarded_For: 1", "Remote_User: root", "X-Forwarded_User: root", "Content_Length: 5",
        "Transfer_Encoding: chunked", "X_Original_URL: /", "X_Request_From: x", "Proxy_Authorization: x", "X_Plain: 1",
      ], ["Host: h", "X_Plain: 1"]),
    .init(
      "fields that only begin alike pass", ["Host: h", "X-Forward: 1", "Remoteuser: 2", "X-Originally: 3", "Forwardedx: 4"],
      ["Host: h", "X-Forward: 1", "Remoteuser: 2", "X-Originally: 3", "Forwardedx: 4"]),
    .init(
      "names with other odd characters that some servers read as ours are dropped",
      [
        "Host: h", "X.Forwarded.For: 1", "Remote~User: root", "X-Original.URL: /", "X+Real+IP: 1", "Transfer.Encoding: chunked",
        "X_Forwarded_With_A_Name_That_Is_Longer_Than_Any_That_Is_Known: 1", "X.Plain: 1",
      ], ["Host: h", "X.Plain: 1"]),
    .init(
      "what would be another method, or leave a framework's checks out, is dropped",
      [
        "Host: h", "X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X-Method-Override: PUT", "Proxy: http://evil",
        "X-Middleware-Subrequest: middleware", "X-Accel-Mapping: /=/etc/", "X-Sendfile-Type: X-Accel-Redirect", "Proxied: 1",
      ], ["Host: h", "Proxied: 1"]),
    .init(
      "identities of other doors are dropped",
      [
        "Host: h", "X-WEBAUTH-USER: root", "Tailscale-User-Login: a@b", "X-MS-CLIENT-PRINCIPAL: e30",
        "X-Goog-Authenticated-User-Email: a",
        "X-Amzn-Oidc-Identity: a", "X-authentik-username: a", "Cf-Access-Authenticated-User-Email: a",
        "SSL-Client-Verify: SUCCESS",
        "X-SSL-Client-CN: a", "X-Client-Cert: a", "X-Client-Data: kept",
      ], ["Host: h", "X-Client-Data: kept"]),
    .init(
      "addresses by further names are dropped",
      [
        "Host: h", "X-Client-IP: 1", "Client-IP: 1", "X-Cluster-Client-IP: 1", "Fastly-Client-IP: 1", "X-ProxyUser-IP: 1",
        "X-Originating-IP: 1", "X-Remote-Addr: 1", "X-Envoy-External-Address: 1", "WL-Proxy-Client-IP: 1", "Proxy-Client-IP: 1",
        "X-Host: e", "X-HTTP-Host-Override: e", "X-Scheme: https", "Front-End-Https: on", "Forwarded-For: 1", "X-Forwarded: 1",
      ], ["Host: h"]),
    .init(
      "framing is written as everybody writes it", ["Host: h", "content-length:005\t", "X: y"],
      ["Host: h", "Content-Length: 5", "X: y"]),
    .init(
      "chunked is written as everybody writes it", ["Host: h", "TRANSFER-ENCODING:\tCHUNKED ", "X: y"],
      ["Host: h", "Transfer-Encoding: chunked", "X: y"]),
    .init(
      "usual framing passes in its own case", ["Host: h", "content-length: 0"], ["Host: h", "content-length: 0"]),
    .init("settings of h2c end here", ["Host: h", "HTTP2-Settings: AAMAAABk"], ["Host: h"]),
    .init(
      "a key of the door's stays here in whatever field it comes",
      [
        "Host: h", "X_API_Key: leanto_abc", "API-Key: leanto_abc", "X-Auth-Token: Bearer leanto_abc",
        "Authorization: Token leanto_abc",
        "X-A: \"leanto_abc\"", "Referer: http://h/?key=leanto_abc", "Accept: a, LEANTO_abc", "Cookie: a=1; key=leanto_abc; b=2",
      ], ["Host: h", "Cookie: a=1; b=2"]),
    .init(
      "names that hold the mark of a key pass",
      ["Host: h", "Referer: http://h/leanto_notes", "X-A: my_leanto_x", "X-B: leanto_", "X-C: leanto", "X-D: cleanto_x"],
      ["Host: h", "Referer: http://h/leanto_notes", "X-A: my_leanto_x", "X-B: leanto_", "X-C: leanto", "X-D: cleanto_x"]),
    .init(
      "the door's own credentials stay here", ["Host: h", "Authorization: Basic eDp5", "A: b"],
      with: .init(keepsAuthorization: false),
      ["Host: h", "A: b"]),
    .init(
      "X-Request-From of a stranger stays here", ["Host: h", "X-Request-From: internal"], with: .init(keepsRequestFrom: false),
      ["Host: h"]),
    .init(
      "a key of the door's stays here, in any case of its mark, and a service's own key passes",
      ["Host: h", "X-API-Key: leanto_abc", "x-api-key: own", "X-Api-Key:  LEANTO_x", "X-API-Key:", "X-API-Key: xleanto_"],
      ["Host: h", "x-api-key: own", "X-API-Key:", "X-API-Key: xleanto_"]),
    .init(
      "a service's own key can be named away by Connection", ["Host: h", "Connection: x-api-key", "X-API-Key: own"], ["Host: h"]),
    .init("https is told", ["Host: h"], with: .init(isSecure: true), ["Host: h"]),
  ]

  private static let others = RequestForwarding(withheldCookies: [octets("theirs"), octets("n8n-auth")])

  static let cookies: [GoldenRequest] = [
    .init(
      "cookies of another service stay here", ["Host: h", "Cookie: a=1; theirs=2; b=3;n8n-auth=4", "X: y"], with: others,
      ["Host: h", "Cookie: a=1; b=3", "X: y"]),
    .init("a cookie field that is empty then is left out", ["Host: h", "Cookie: theirs=2"], with: others, ["Host: h"]),
    .init(
      "cookies with like names pass", ["Host: h", "Cookie: theirs2=1; their=2; xtheirs=3; theirs"], with: others,
      ["Host: h", "Cookie: theirs2=1; their=2; xtheirs=3; theirs"]),
    .init("names of cookies have a case", ["Host: h", "Cookie: Theirs=1"], with: others, ["Host: h", "Cookie: Theirs=1"]),
    .init(
      "a value may hold an equals sign", ["Host: h", "Cookie: a=theirs=1; theirs=a=b"], with: others,
      ["Host: h", "Cookie: a=theirs=1"]),
    .init(
      "several cookie fields are each gone through", ["Cookie: theirs=1", "Host: h", "Cookie: a=1"], with: others,
      ["Host: h", "Cookie: a=1"]),
    .init(
      "cookies pass as they came when none is withheld", ["Host: h", "Cookie: a=1;; b =2 ;"], ["Host: h", "Cookie: a=1;; b =2 ;"]),
    .init(
      "empty cookies vanish where some are withheld", ["Host: h", "Cookie: ; ;a=1;;theirs=2;"], with: others,
      ["Host: h", "Cookie: a=1"]),
    .init(
      "a field without a withheld cookie passes as it came", ["Host: h", "Cookie: ; ;a=1;;", "Cookie: theirs=1;b=2"],
      with: others, ["Host: h", "Cookie: ; ;a=1;;", "Cookie: b=2"]),
  ]

  static let targets: [GoldenRequest] = [
    .init(
      "the target's bytes go as they came", line: "GET /%2e%2E//a;b?c=/../%00&\u{FF} HTTP/1.1", ["Host: h"],
      gets: "GET /%2e%2E//a;b?c=/../%00&\u{FF} HTTP/1.1", ["Host: h"]),
    .init(
      "the prefix is taken off", line: "GET /n8n/rest?x HTTP/1.1", ["Host: h"], with: .init(strippedPrefix: 4),
      gets: "GET /rest?x HTTP/1.1",
      ["Host: h"]),
    .init(
      "a path that is the prefix becomes the root", line: "GET /n8n/ HTTP/1.1", ["Host: h"], with: .init(strippedPrefix: 4),
      gets: "GET / HTTP/1.1", ["Host: h"]),
    .init(
      "an absolute target becomes a path, and its authority Host", line: "GET http://real:81/a HTTP/1.1",
      ["Host: other", "A: b"],
      ["A: b", "Host: real:81"], host: "real:81"),
    .init(
      "an absolute target without a path is the root", line: "GET http://real HTTP/1.1", ["Host: h"], gets: "GET / HTTP/1.1",
      ["Host: real"], host: "real"),
    .init(
      "an absolute target with a query alone is the root's", line: "GET http://real?q HTTP/1.1", ["Host: h"],
      gets: "GET /?q HTTP/1.1",
      ["Host: real"], host: "real"),
    .init(
      "the prefix is taken off an absolute target too", line: "GET http://real/n8n/x HTTP/1.1", ["Host: h"],
      with: .init(strippedPrefix: 4),
      gets: "GET /x HTTP/1.1", ["Host: real"], host: "real"),
    .init(
      "HTTP/1.0 without Host gets one, and HTTP/1.1", line: "GET /a HTTP/1.0", ["A: b"], ["A: b", "Host: localhost"], host: nil),
    .init("HTTP/1.0 without any field", line: "GET /a HTTP/1.0", [], ["Host: localhost"], host: nil),
    .init(
      "HTTP/1.0 expects nothing", line: "POST /a HTTP/1.0", ["Host: h", "Expect: 100-continue", "Content-Length: 1"],
      gets: "POST /a HTTP/1.1",
      ["Host: h", "Content-Length: 1"]),
    .init(
      "HTTP/1.1 expects", line: "POST /a HTTP/1.1", ["Host: h", "Expect: 100-continue", "Content-Length: 1"],
      gets: "POST /a HTTP/1.1",
      ["Host: h", "Expect: 100-continue", "Content-Length: 1"]),
    .init(
      "chunks stay chunks", line: "POST /a HTTP/1.1", ["Host: h", "Transfer-Encoding: chunked"], gets: "POST /a HTTP/1.1",
      ["Host: h", "Transfer-Encoding: chunked"]),
    .init("OPTIONS with an asterisk", line: "OPTIONS * HTTP/1.1", ["Host: h"], gets: "OPTIONS * HTTP/1.1", ["Host: h"]),
  ]
}

@Suite("A forwarded request")
struct RequestForwardingTests {
  @Test("loses what ends at this hop", arguments: GoldenRequest.hops)
  func hops(golden: GoldenRequest) { expect(golden) }

  @Test("says of the client only what we know", arguments: GoldenRequest.identities)
  func identities(golden: GoldenRequest) { expect(golden) }

  @Test("carries its own cookies alone", arguments: GoldenRequest.cookies)
  func cookies(golden: GoldenRequest) { expect(golden) }

  @Test("asks for what the client asked for", arguments: GoldenRequest.targets)
  func targets(golden: GoldenRequest) { expect(golden) }

  private func expect(_ golden: GoldenRequest) { #expect(forwarded(golden, room: 4096)?.text == golden.forwarded) }

  @Test("names no address of a client that has none")
  func unixClient() throws {
    var head = RequestHead()
    var out = ByteWriter(capacity: 1000)
    let bytes = octets("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    _ = try head.scan(bytes.span)
    let nobody: [UInt8] = []
    head.write(bytes.span, to: &out, client: nobody.span, RequestForwarding())
    #expect(text(out) == "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: h\r\n\r\n")
  }

  @Test(
    "says so when it does not fit, in any size of room",
    arguments: GoldenRequest.hops + GoldenRequest.cookies + GoldenRequest.targets)
  func room(golden: GoldenRequest) {
    let needed = golden.forwarded.unicodeScalars.count
    for room in 0..<needed where forwarded(golden, room: room)?.overflowed != true {
      Issue.record("\(room) bytes hold \(needed)")
    }
    #expect(forwarded(golden, room: needed)?.overflowed == false)
  }

  private func forwarded(_ golden: GoldenRequest, room: Int) -> (text: String, overflowed: Bool)? {
    var head = RequestHead()
    var out = ByteWriter(capacity: room)
    let bytes = octets(golden.head)
    guard (try? head.scan(bytes.span)) == true else { return nil }
    let client = octets("203.0.113.9")
    head.write(bytes.span, to: &out, client: client.span, golden.forwarding)
    return (text(out), out.overflowed)
  }
}

func text(_ writer: borrowing ByteWriter) -> String {
  let span = writer.span
  var bytes: [UInt8] = []
  for i in span.indices { bytes.append(span[i]) }
  return latin1(bytes)
}
