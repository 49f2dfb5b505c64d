import Dashboard
import FoundationEssentials
import Model
import Testing

@Suite("Which page a request gets")
struct PagesTests {
  @Test(
    "Path and method decide",
    arguments: [
      ("GET", "/leanto/", 200), ("HEAD", "/leanto/", 200), ("POST", "/leanto/", 405), ("GET", "/leanto/status.json", 200),
      ("DELETE", "/leanto/status.json", 405), ("GET", "/leanto/whoami", 200), ("POST", "/leanto/whoami", 405),
      ("GET", "/leanto/style.css", 200), ("PUT", "/leanto/page.js", 405), ("GET", "/leanto/ask", 405),
      ("HEAD", "/leanto/ask", 405),
      ("GET", "/leanto/other", 404), ("POST", "/leanto/other", 404), ("GET", "/leanto/STYLE.CSS", 404), ("GET", "/leanto//", 404),
      ("GET", "/", 302), ("GET", "/leanto", 302), ("POST", "/", 405), ("GET", "/favicon.ico", 404), ("GET", "", 404),
    ])
  func routing(method: String, path: String, status: Int) async {
    let response = await TestPages().get(path, method: method)
    #expect(response.status == status)
    #expect((response.field("Allow") != nil) == (status == 405))
    if status == 302 { #expect(response.field("Location") == "/leanto/") }
  }

  @Test(
    "Every answer says what it is and forbids guessing", arguments: ["/leanto/", "/leanto/status.json", "/leanto/whoami", "/x"])
  func types(_ path: String) async {
    let response = await TestPages().get(path)
    #expect(response.field("Content-Type") != nil && response.field("X-Content-Type-Options") == "nosniff")
  }

  @Test(
    "The internal listener, which asks for no credentials, shows only who one is",
    arguments: ["/leanto/", "/leanto/status.json", "/leanto/ask", "/leanto/page.js", "/"])
  func internalListener(_ path: String) async {
    #expect(await TestPages().get(path, listener: .internal).status == 403)
    #expect(await TestPages().get("/leanto/whoami", listener: .internal).status == 200)
  }

  @Test("Its own answers come in the form that is asked for")
  func forms() async {
    let html = await TestPages().get("/leanto/x", fields: [("accept", "text/html")])
    #expect(html.field("Content-Type") == "text/html; charset=utf-8" && html.field("Content-Security-Policy") != nil)
    let json = await TestPages().get("/leanto/x", fields: [("Accept", "application/json")])
    #expect(json.field("Content-Type") == "application/json" && json.text.hasPrefix("{"))
    #expect(await TestPages().get("/leanto/x", fields: []).text.hasPrefix("404 Nothing is here\n"))
  }

  @Test("The status is the same value that the command line prints")
  func status() async throws {
    let text = await TestPages(status: Sample.everyState).get("/leanto/status.json").text
    let status = try JSONDecoder().decode(StackStatus.self, from: Data(text.utf8))
    #expect(status.services == Sample.everyState.services)
    #expect(status.model == Sample.everyState.model)
  }

  @Test("Whoami tells the user, the way and what the gateway forwards")
  func whoami() async throws {
    let fields = [("x-forwarded-host", "lean.example.com"), ("x-forwarded-proto", "https"), ("X-Forwarded-For", "192.0.2.7")]
    let text = await TestPages().get("/leanto/whoami", fields: fields.map { ($0.0, $0.1) }, listener: .tunnel).text
    let answer = try JSONDecoder().decode(WhoAmI.self, from: Data(text.utf8))
    #expect(answer.proto == "https")
    #expect(answer.host == "lean.example.com")
    #expect(answer.listener == "tunnel")
    #expect(answer.client != nil)
  }
}
