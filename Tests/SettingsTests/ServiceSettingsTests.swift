import Model
import Settings
import Testing

@Suite("Services in a settings file") struct ServiceSettingsTests {
  private func service(_ keys: String) throws -> ServiceSettings {
    try #require(try settings("services: { a: { \(keys) } }").services.first)
  }

  @Test("Services keep the file's order")
  func order() throws {
    let names = try settings("services:\n  z: { preset: n8n }\n  a: { preset: flowise }\n  m: { image: \"a:1\" }\n").services.map(
      \.name)
    #expect(names == ["z", "a", "m"])
  }

  @Test("Everything of a child process is taken")
  func process() throws {
    let service = try service(
      """
      command: [python3, "worker.py", ""], port: 9100, at: /Worker_1/sub.dir/, prefix: keep, public: [/hook, /], auth: none,
      data: [data/worker, /srv/worker], limits: { memory: 512MiB, cpus: 1.5 }, echo: "/ws?x=1"
      """)
    #expect(service.command == ["python3", "worker.py", ""])
    #expect(service.port == 9100)
    #expect(service.at == .path("/Worker_1/sub.dir/"))
    #expect(service.prefix == .keep)
    #expect(service.public == ["/hook", "/"])
    #expect(service.authentication == .none)
    #expect(service.data == ["data/worker", "/srv/worker"])
    #expect(service.limits.memory == 512 * 1024 * 1024)
    #expect(service.limits.cpus == 1.5)
    #expect(service.echo == "/ws?x=1")
  }

  @Test(
    "Health is written in five ways",
    arguments: [
      ("tcp", .tcp), ("none", HealthCheck.none), ("off", HealthCheck.none),
      ("{ http: /healthz }", .http(path: "/healthz", status: 200)),
      ("{ http: /, status: 302, contains: ok }", .http(path: "/", status: 302, contains: "ok")),
      ("{ command: [a, b] }", .command(["a", "b"])),
    ] as [(String, HealthCheck)])
  func health(text: String, health: HealthCheck) throws {
    #expect(try service("preset: n8n, health: \(text)").health == health)
  }

  @Test(
    "Upstreams are an address or a socket",
    arguments: [
      ("http://127.0.0.1:9000", .tcp(host: "127.0.0.1", port: 9000)),
      ("http://notes.home:80/", .tcp(host: "notes.home", port: 80)),
      ("\"http://[fd00::1]:9000\"", .tcp(host: "fd00::1", port: 9000)), ("unix:/run/notes.sock", .unix(path: "/run/notes.sock")),
    ] as [(String, Address)])
  func upstreams(text: String, address: Address) throws {
    #expect(try service("upstream: \(text)").upstream == address)
  }

  @Test(
    "Host names are lower-cased",
    arguments: [("N8N.Example.COM", "n8n.example.com"), ("notes.localhost", "notes.localhost"), ("nas", "nas")])
  func hosts(text: String, host: String) throws {
    #expect(try service("preset: n8n, at: \(text)").at == .host(host))
  }

  @Test(
    "Odd places are refused",
    arguments: ["/a", "a/", "//", "/./", "/a;b/", "/a b/", "/ä/", "-a.b", "a..b", "a_b", ".", "/leanto/"])
  func oddPlaces(text: String) {
    let problems = problems(of: "services: { a: { preset: n8n, at: \"\(text)\" } }").map(\.path)
    #expect(problems == ["services.a.at"])
  }

  @Test(
    "A preset goes together with its own command, image or address",
    arguments: [
      "command: [n8n]", "image: \"n8nio/n8n:2.41.3\"", "upstream: http://127.0.0.1:5678", "version: 2.41.3, port: 5678",
    ])
  func presets(keys: String) throws {
    #expect(try service("preset: n8n, at: /n8n/, public: [webhooks, forms, chat, mcp, /x], \(keys)").preset == "n8n")
  }

  @Test("An image may have a command of its own")
  func imageAndCommand() throws {
    #expect(try service("image: \"localhost:5000/a:1\", command: [b], volumes: [\"v:/v:ro\"]").command == ["b"])
  }

  @Test("A place below another one is another place")
  func nested() throws {
    let text = "services:\n  a: { preset: n8n, at: /a/ }\n  b: { preset: n8n, at: /a/b/ }\n  c: { preset: n8n, at: a }\n"
    #expect(try settings(text).services.count == 3)
  }

  @Test("Two circles are both told, a diamond is none")
  func circles() throws {
    let circles = """
      services:
        a: { preset: n8n, after: [b] }
        b: { preset: n8n, after: [a] }
        c: { preset: n8n, after: [d, a] }
        d: { preset: n8n, after: [c] }
      """
    #expect(
      problems(of: circles).map(\.message) == [
        "should not go in a circle: a after b after a", "should not go in a circle: c after d after c",
      ])
    let diamond = """
      services:
        a: { preset: n8n, after: [b, c] }
        b: { preset: n8n, after: [d] }
        c: { preset: n8n, after: [d] }
        d: { preset: n8n }
      """
    #expect(try settings(diamond).services.first?.after == ["b", "c"])
  }

  @Test("auth: none is right on a host of its own beside the tunnel's")
  func openElsewhere() throws {
    let text = "tunnel: { provider: ngrok, domain: a.example }\nservices: { a: { preset: n8n, at: b.example, auth: none } }"
    #expect(try settings(text).services.first?.authentication == ServiceSettings.Authentication.none)
  }
}
