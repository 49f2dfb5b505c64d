import Dashboard
import Model
import Testing

@Suite("The front page")
struct FrontPageTests {
  private func page(_ status: StackStatus, host: String = "127.0.0.1:8080", user: String? = "anna") async -> String {
    await TestPages(status: status).get("/leanto/", fields: [("Host", host)], user: user).text
  }

  @Test("By the tunnel it asks for news less often; what the tunnel is like stands among the addresses")
  func tunnel() async {
    var status = Sample.well
    status.tunnel = TunnelStatus(
      provider: "ngrok", domain: "lean.example", state: .failed, since: 0,
      problem: TunnelProblem(meaning: "The token is <wrong>.", remedy: "x"))
    let pages = TestPages(status: status)
    #expect(await pages.get("/leanto/").text.contains("<body data-every=\"10\">"))
    let html = await pages.get("/leanto/", listener: .tunnel).text
    #expect(html.contains("<body data-every=\"120\">"))
    #expect(html.contains("https://lean.example, failed: The token is &lt;wrong&gt;."))
  }

  @Test("Every state has its word, its attribute and a shape of its own", arguments: ServiceState.allCases)
  func states(_ state: ServiceState) async {
    let html = await page(Sample.stack([Sample.service("n8n", state)]))
    let word = state == .backingOff ? "backing off" : state.rawValue
    #expect(html.contains("data-state=\"\(state.rawValue)\""))
    #expect(html.contains("<span class=\"word\">\(word)</span>"))
    let sheet = await TestPages().get("/leanto/style.css").text
    #expect(sheet.contains("li[data-state=\(state.rawValue)] .shape{"))
  }

  @Test(
    "One sentence sums the services up",
    arguments: [
      ([], "There are no services yet.", "wait"), ([.healthy], "The one service is healthy.", "good"),
      ([.healthy, .healthy], "All 2 services are healthy.", "good"),
      ([.healthy, .starting], "1 of 2 services is healthy.", "wait"),
      ([.waiting, .starting], "0 of 2 services are healthy.", "wait"),
      ([.healthy, .missing], "1 of 2 services is healthy.", "bad"),
      ([.healthy, .healthy, .unhealthy], "2 of 3 services are healthy.", "bad"),
    ] as [([ServiceState], String, String)])
  func summary(states: [ServiceState], sentence: String, tone: String) async {
    let html = await page(Sample.stack(states.enumerated().map { Sample.service("s\($0.offset)", $0.element) }))
    #expect(html.contains("data-tone=\"\(tone)\">\(sentence)</p>"))
  }

  @Test(
    "How long a state has lasted is told in round words",
    arguments: [
      (-5, "just now"), (0, "just now"), (59.9, "just now"), (60, "for 1 min"), (3599, "for 59 min"), (3600, "for 1 h"),
      (172_799, "for 47 h"), (172_800, "for 2 days"), (1_800_000_000, "for 20833 days"), (.infinity, "for 11574074 days"),
      (.nan, "for some time"),
    ] as [(Double, String)])
  func span(seconds: Double, text: String) async {
    let html = await page(Sample.stack([Sample.service("n8n", .healthy, since: seconds)]))
    #expect(html.contains("<span class=\"since\">\(text)</span>"))
  }

  @Test(
    "A link leads below this origin, or to another name at the same port; nothing else becomes a link",
    arguments: [
      ("/n8n/", "127.0.0.1:8080", "/n8n/"), ("notes.localhost", "127.0.0.1:8080", "//notes.localhost:8080/"),
      ("notes.example.com", "lean.example.com", "//notes.example.com/"),
      ("notes.localhost", "[::1]:8080", "//notes.localhost:8080/"),
      ("notes.localhost", "[::1]", "//notes.localhost/"), ("notes.localhost", "h:\"x", "//notes.localhost/"),
      ("//evil.example/", "h", nil), ("/\\evil.example/", "h", nil), ("javascript:alert(1)", "h", nil), ("a b", "h", nil),
      ("/a\nb", "h", nil), ("", "h", nil),
    ] as [(String, String, String?)])
  func links(at: String, host: String, expected: String?) async {
    let html = await page(Sample.stack([Sample.service("notes", .healthy, at: at)]), host: host)
    let name = "<span class=\"name\">"
    #expect(html.contains(expected.map { "\(name)<a href=\"\($0)\">notes</a>" } ?? "\(name)notes</span>"))
  }

  @Test("Nothing that comes from outside can become markup")
  func hostile() async {
    let evil = "\"><script>alert('x')</script><img src=x onerror=y>"
    var status = Sample.stack(
      [Sample.service(evil, .unhealthy, at: "/" + evil, message: evil + "`" + evil + "`")], name: evil, problems: [evil],
      model: ModelStatus(name: evil, server: evil, api: evil))
    status.version = evil
    status.directory = evil
    status.listeners = [ListenerStatus(kind: .local, address: evil)]
    let html = await page(status, host: evil, user: evil)
    #expect(!html.contains(evil) && !html.contains("<img") && !html.contains("alert('x')"))
    #expect(html.split(separator: "<script").count == 2, "only the page's own")
    #expect(html.split(separator: "&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)").count >= 10)
  }

  @Test("It says what is signed in, what the model is, where the listeners are and what is wrong with the settings")
  func facts() async {
    let html = await page(Sample.everyState)
    for fact in [
      "Signed in as anna", "<strong>gemma3:270m</strong>, about 80 tokens a second", "127.0.0.1:8081", "services.n8n.publik",
      "<code>npm install --global flowise@3.1.4</code>", "/home/anna/stack",
    ] { #expect(html.contains(fact), "\(fact)") }
  }

  @Test("Without a model it says so, and without a user nobody is signed in")
  func absent() async {
    let html = await page(Sample.stack([], model: nil), user: nil)
    #expect(html.contains("No model answers yet."))
    #expect(html.contains("None yet. Name one in leanto.yaml"))
    #expect(!html.contains("Signed in"))
  }

  @Test("Without its script the box is hidden and the page says why, and refreshes itself")
  func withoutScript() async {
    let html = await page(Sample.well)
    #expect(html.contains("<form id=\"ask\" hidden>"))
    #expect(html.contains("<noscript><p>The box to ask the model needs JavaScript"))
    #expect(html.contains("<noscript><meta http-equiv=\"refresh\" content=\"30\"></noscript>"))
  }
}
