import Model
import Settings
import Testing

@Suite("Values of a settings file") struct SettingsValueTests {
  @Test("The smallest file is one service and every default")
  func smallest() throws {
    var expected = StackSettings()
    var n8n = ServiceSettings(name: "n8n")
    n8n.preset = "n8n"
    expected.services = [n8n]
    #expect(try settings("services: { n8n: { preset: n8n } }") == expected)
  }

  @Test(
    "Sections that are empty, or of comments only, have every default",
    arguments: [
      "gateway:\n", "gateway: {}\n", "gateway:\n  # local: off\nalerts: ~\nservices:\n", "llm: { models: }\n",
      "---\nname: home\n...\n",
    ])
  func emptySections(text: String) throws {
    #expect(try settings(text) == StackSettings())
  }

  @Test(
    "Durations are seconds",
    arguments: [
      ("500ms", 0.5), ("1s", 1), ("90s", 90), ("5m", 300), ("12h", 43_200), ("30d", 2_592_000), ("\"10s\"", 10), ("'10s'", 10),
    ])
  func durations(text: String, seconds: Double) throws {
    #expect(try settings("gateway: { timeouts: { idle: \(text) } }").gateway.timeouts.idle == seconds)
  }

  @Test(
    "Sizes are bytes",
    arguments: [
      ("1024B", 1024), ("64KiB", 65_536), ("200MiB", 209_715_200), ("2GiB", 2_147_483_648), ("1TiB", 1_099_511_627_776),
    ])
  func sizes(text: String, bytes: Int) throws {
    #expect(try settings("gateway: { limits: { body: \(text) } }").gateway.limits.body == bytes)
  }

  @Test("YAML's words for off", arguments: ["off", "Off", "OFF", "false", "no", "\"off\"", "\"${OFF}\""])
  func off(word: String) throws {
    let settings = try settings(
      "gateway: { local: \(word), limits: { connections-per-address: \(word) } }\naccess: { session: \(word), throttle: \(word) }",
      environment: ["OFF": "off"])
    #expect(settings.gateway.local == nil)
    #expect(settings.gateway.limits.connectionsPerAddress == nil)
    #expect(settings.access.session == nil)
    #expect(settings.access.throttle == nil)
  }

  @Test("YAML's words for on", arguments: ["on", "true", "yes", "True"])
  func on(word: String) throws {
    let settings = try settings("monitoring: { access-log: { json: \(word) } }\nllm: { bridge: \(word) }")
    #expect(settings.monitoring.accessLog.json)
    #expect(settings.llm.bridge == .on)
  }

  @Test(
    "Listeners take loopback addresses and sockets",
    arguments: [
      ("127.0.0.1:9000", .tcp(host: "127.0.0.1", port: 9000)), ("127.9.9.9:1", .tcp(host: "127.9.9.9", port: 1)),
      ("\"[::1]:9000\"", .tcp(host: "::1", port: 9000)), ("localhost:65535", .tcp(host: "localhost", port: 65_535)),
      ("\"[::ffff:127.0.0.1]:9000\"", .tcp(host: "::ffff:127.0.0.1", port: 9000)),
      ("unix:run/door.sock", .unix(path: "run/door.sock")),
    ] as [(String, Address)])
  func listeners(text: String, address: Address) throws {
    let gateway = try settings("gateway: { local: \(text), tunnel: off }").gateway
    #expect(gateway.local == address)
    #expect(gateway.tunnel == nil)
  }

  @Test(
    "The internal listener takes private addresses",
    arguments: ["10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.2", "100.64.0.1", "169.254.1.1", "[fd00::1]", "[fe80::1]"])
  func privateAddresses(host: String) throws {
    let gateway = try settings("gateway: { internal: \"\(host):9000\" }").gateway
    #expect(gateway.internal == .address(try #require(Address("\(host):9000"))))
  }

  @Test(
    "The internal listener takes no public address",
    arguments: ["172.32.0.1", "100.128.0.1", "11.0.0.1", "8.8.8.8", "[2001:db8::1]", "[::]", "[::ffff:8.8.8.8]", "[fec0::1]"])
  func publicAddresses(host: String) {
    #expect(problems(of: "gateway: { internal: \"\(host):9000\" }").count == 1)
  }

  @Test(
    "The network's listener takes every address of the machine, written out",
    arguments: ["0.0.0.0:8443", "[::]:8443", "192.168.1.10:8443"])
  func lan(text: String) throws {
    #expect(try settings("gateway: { lan: \"\(text)\" }").gateway.lan == Address(text))
  }

  @Test(
    "Odd addresses are refused",
    arguments: [
      "127.1:80", "0x7f.0.0.1:80", "127.0.0.1.:80", "256.0.0.1:80", "[::1:80", "::1:80", "[1::2::3]:80", "[12345::]:80",
      "[1:2:3:4:5:6:7]:80", "[1:2:3:4:5:6:7:8:9]:80", "[::1%lo]:80", "[]:80", "127.0.0.1:080000", "127.0.0.1: 80", "unix:",
    ])
  func oddAddresses(text: String) {
    #expect(problems(of: "gateway: { local: \"\(text)\" }").map(\.path) == ["gateway.local"])
  }

  @Test("Proxies are networks, and one address is a network of its own")
  func proxies() throws {
    let gateway = try settings("gateway: { trusted-proxies: [10.0.0.0/8, 192.168.1.2, \"fd00::/8\", \"::1\"] }").gateway
    #expect(gateway.trustedProxies == ["10.0.0.0/8", "192.168.1.2/32", "fd00::/8", "::1/128"])
  }

  @Test("Variables are filled in, two dollars are one, and what a variable holds is not read again")
  func variables() throws {
    let text = "services: { a: { preset: n8n, environment: { A: \"${ONE}-${TWO}\", B: $$1, C: \"$x $\", D: '$${ONE}', E: } } }"
    let service = try #require(try settings(text, environment: ["ONE": "1", "TWO": "${ONE}"]).services.first)
    #expect(service.environment == ["A": "1-${ONE}", "B": "$1", "C": "$x $", "D": "${ONE}", "E": ""])
  }

  @Test("Models' addresses are one or several, or are looked for")
  func modelAddresses() throws {
    #expect(try settings("llm: { address: auto }").llm.addresses == [])
    #expect(try settings("llm: { address: http://gpu.home:11434/ }").llm.addresses == ["http://gpu.home:11434"])
    #expect(try settings("llm: { address: [\"http://[::1]:1\", http://b:2] }").llm.addresses == ["http://[::1]:1", "http://b:2"])
  }

  @Test("A certificate is two files")
  func certificate() throws {
    let gateway = try settings("gateway: { certificate: { chain: a.pem, key: b.pem } }").gateway
    #expect(gateway.certificate == .files(chain: "a.pem", key: "b.pem"))
  }

  @Test("Channels are of three kinds, routes name them")
  func alerts() throws {
    let text = """
      alerts:
        channels:
          a: { ntfy: "https://ntfy.sh/x" }
          b: { smtp: "smtp://me@mail.example.com:25", to: [me@example.com, you@example.com] }
          c: { webhook: "http://127.0.0.1:9/hook" }
        routes: [{ severity: warning, to: [a, c] }, { to: [b] }]
        heartbeat: https://hc.example.com/1
      """
    let alerts = try settings(text).alerts
    #expect(alerts.channels["a"] == .ntfy(url: "https://ntfy.sh/x"))
    #expect(alerts.channels["b"] == .smtp(url: "smtp://me@mail.example.com:25", to: ["me@example.com", "you@example.com"]))
    #expect(alerts.channels["c"] == .webhook(url: "http://127.0.0.1:9/hook"))
    #expect(alerts.routes == [.init(severity: "warning", to: ["a", "c"]), .init(severity: nil, to: ["b"])])
    #expect(alerts.heartbeat == "https://hc.example.com/1")
  }

  @Test("Windows' line ends and a byte order mark are taken")
  func otherEditors() throws {
    #expect(try settings("\u{FEFF}name: stack\r\ngateway:\r\n  workers: 2\r\n").gateway.workers == 2)
  }
}
