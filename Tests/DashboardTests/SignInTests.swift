import Model
import Testing

@testable import Dashboard

@Suite("Signing in and out")
struct SignInTests {
  private func post(
    _ body: String, _ path: String = "/leanto/login", fields: [(name: String, value: String)] = [],
    type: String? = "application/x-www-form-urlencoded",
    result: SignInResult = .wrong, told: @escaping @Sendable (String, String, String, Bool) -> Void = { _, _, _, _ in }
  ) async -> LocalResponse {
    var pages = TestPages()
    pages.signIn = {
      told($0, $1, $2, $3)
      return result
    }
    let all = [(name: "Host", value: "lean.example")] + fields + (type.map { [(name: "Content-Type", value: $0)] } ?? [])
    return await pages.handle(
      LocalRequest(method: "POST", path: path, fields: all, body: Array(body.utf8), listener: .tunnel, client: "192.0.2.7"))
  }

  @Test("The page is a form that works without a script, and says where it leads back to")
  func form() async {
    let request = LocalRequest(
      method: "GET", path: "/leanto/login", query: "to=%2Fn8n%2Fa%3Fb%3D%22c", fields: [], listener: .tunnel)
    let response = await TestPages().handle(request)
    #expect(response.status == 200)
    #expect(response.text.contains(#"<form method="post" action="/leanto/login">"#))
    #expect(response.text.contains(#"name="to" value="/n8n/a?b=&quot;c""#))
    #expect(response.text.contains(#"autocomplete="current-password""#) && !response.text.contains("<script"))
    #expect(response.field("Content-Security-Policy") == SignInPages.contentSecurityPolicy)
    #expect(response.field("Cache-Control") == "no-store")
  }

  @Test("The right password sets the cookie and leads back, as a GET")
  func right() async {
    let response = await post(
      "name=j%C3%BCrgen&password=a+b%26c%2B&to=%2Fn8n%2F%3Fx", fields: [("X-Forwarded-Proto", "https")],
      result: .signedIn(cookie: Array("c=1; Path=/".utf8))
    ) { name, password, client, isSecure in
      #expect(name == "jürgen" && password == "a b&c+" && client == "192.0.2.7" && isSecure)
    }
    #expect(response.status == 303)
    #expect(response.field("Location") == "/n8n/?x" && response.field("Set-Cookie") == "c=1; Path=/")
  }

  @Test(
    "What is wrong is said on the page, which never shows the password",
    arguments: [
      (SignInResult.wrong, 401, "do not belong together"), (.wait(seconds: 61), 429, "in 2 minutes."),
      (.wait(seconds: 60), 429, "in 1 minute."),
      (.busy, 503, "Try again"), (.unavailable, 404, ""),
    ])
  func wrong(result: SignInResult, status: Int, words: String) async {
    let response = await post("name=%3Cada%3E&password=secret-password&to=/x", result: result)
    #expect(response.status == status)
    #expect(response.text.contains(words) && !response.text.contains("secret-password") && !response.text.contains("<ada>"))
    #expect((response.field("Retry-After") != nil) == [429, 503].contains(status))
    #expect(response.field("WWW-Authenticate")?.hasPrefix("Basic") != true)
    #expect(response.field("Set-Cookie") == nil)
  }

  @Test("Nobody is signed in by a page of another site, nor by anything but the form")
  func forged() async {
    for fields in [[("Origin", "http://evil.example")], [("Origin", "null")], [("Sec-Fetch-Site", "cross-site")]] {
      let response = await post("name=a&password=b", fields: fields.map { ($0.0, $0.1) }, result: .signedIn(cookie: [65]))
      #expect(response.status == 403 && response.field("Set-Cookie") == nil)
    }
    for (body, type) in [
      ("name=a&password=b", nil), ("name=a&password=b", "text/plain"), ("{}", "application/json"),
      ("name=a", "application/x-www-form-urlencoded"),
      ("name=a&name=b&password=c", "application/x-www-form-urlencoded"),
      ("name=%ff&password=c", "application/x-www-form-urlencoded"),
      ("name=%4&password=c", "application/x-www-form-urlencoded"), ("name=%+1&password=c", "application/x-www-form-urlencoded"),
      ("name=a&password=" + String(repeating: "x", count: 9000), "application/x-www-form-urlencoded"),
    ] as [(String, String?)] {
      #expect(await post(body, type: type, result: .signedIn(cookie: [65])).status == 400, "\(body.prefix(40))")
    }
    #expect(await TestPages().get("/leanto/login", method: "DELETE").status == 405)
  }

  @Test(
    "No address leads to another host, in whatever spelling",
    arguments: [
      "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "http:evil",
      "javascript:alert(1)",
      "evil", "", "/\t/evil.example", "/a\r\nSet-Cookie: x=1", "/ü", " /x", "/x y", "/leanto/login?to=/x", "/leanto/logout",
      "/" + String(repeating: "x", count: 3000),
    ])
  func redirects(to: String) async {
    #expect(ReturnPath(to).path == "/leanto/")
    let escaped = to.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let response = await post("name=a&password=b&to=\(escaped)", result: .signedIn(cookie: [65]))
    #expect(["/leanto/", nil].contains(response.field("Location")))
  }

  @Test(
    "A path of this host leads where it says",
    arguments: ["/", "/n8n/workflow/1?x=%2F#/y", "/a//b", "/.//evil.example", "/@evil.example"])
  func back(to: String) { #expect(ReturnPath(to).path == to) }

  @Test("Signing out ends the session and clears the cookie; another site only gets a button")
  func out() async {
    for (method, fields, isOut) in [
      ("GET", [], true), ("GET", [("Sec-Fetch-Site", "same-origin")], true), ("GET", [("Sec-Fetch-Site", "none")], true),
      ("GET", [("Sec-Fetch-Site", "cross-site")], false), ("GET", [("Sec-Fetch-Site", "same-site")], false), ("HEAD", [], false),
      ("POST", [("Origin", "https://lean.example")], true), ("POST", [("Origin", "https://evil.example")], false),
    ] as [(String, [(String, String)], Bool)] {
      let all = [("Host", "lean.example"), ("Cookie", "a=b"), ("X-Forwarded-Proto", "https")] + fields
      let response = await TestPages().get("/leanto/logout", method: method, fields: all.map { ($0.0, $0.1) })
      #expect(response.status == 200)
      #expect(response.field("Set-Cookie") == (isOut ? "out a=b true" : nil), "\(method) \(fields)")
      #expect(response.text.contains("You are signed out") == isOut)
    }
  }
}
