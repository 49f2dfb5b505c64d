import Model
import Settings
import Stack
import Testing

@Suite("Caddy's file follows from the settings alone")
struct CaddyfileTests {
  private func plan(_ change: (inout StackSettings) -> Void = { _ in }) -> StackPlan {
    var settings = StackSettings()
    settings.gateway.engine = .caddy
    change(&settings)
    let machine = MachineFacts(commands: ["caddy": "/usr/bin/caddy"], cores: 2)
    return .make(
      settings: settings, machine: machine, directory: StackDirectory(path: "/stack"), secrets: StackSecrets())
  }

  private func service(_ name: String, at place: ServiceSettings.Place) -> ServiceSettings {
    var service = ServiceSettings(name: name)
    service.upstream = .tcp(host: "127.0.0.1", port: 9000)
    service.at = place
    service.prefix = .strip
    return service
  }

  private func lines(_ plan: StackPlan) throws -> [String] {
    try #require(plan.caddy).file.split(separator: "\n").map { String($0.drop { $0 == "\t" }) }
  }

  @Test("Each listener is a site of its own, by port, bound to its address and named in every question")
  func sites() throws {
    let file = try #require(plan().caddy).file
    for site in [":8080 {\n\tbind 127.0.0.1\n\timport gateway local\n}", ":8081 {\n\tbind 127.0.0.1\n\timport gateway tunnel\n}"]
    {
      #expect(file.contains(site))
    }
    #expect(file.contains(":8082 {\n\tbind 127.0.0.1\n\timport gateway internal\n}"))
    #expect(!file.contains("import gateway control"))
  }

  @Test("A listener that is off has no site, and a unix socket is bound by its path")
  func otherListeners() throws {
    let file = try #require(
      plan { settings in
        settings.gateway.tunnel = .unix(path: "/run/agent.sock")
        settings.gateway.internal = .off
      }.caddy
    ).file
    #expect(file.contains(":80 {\n\tbind unix//run/agent.sock|0600\n\timport gateway tunnel\n}"))
    #expect(!file.contains("import gateway internal"))
  }

  @Test("Neither routes nor public paths are in it, so that no matcher of Caddy's ever decides")
  func noRoutes() throws {
    let plan = plan { settings in
      var service = service("app", at: .path("/app/"))
      service.public = ["/hook"]
      settings.services = [service]
    }
    let lines = try lines(plan)
    #expect(!lines.contains { $0.contains("/app") || $0.contains("hook") || $0.contains("9000") })
    #expect(!lines.contains { $0.hasPrefix("path ") || $0.hasPrefix("handle_path") || $0.hasPrefix("handle ") })
    #expect(lines.contains("reverse_proxy {vars.upstream} {"))
  }

  @Test("A prefix of as many segments as the deepest route has can be taken off")
  func depth() throws {
    let deep = try lines(plan { $0.services = [service("a", at: .path("/a/b/c/")), service("d", at: .path("/d/"))] })
    #expect(deep.contains(#"uri @strip3 path_regexp ^/[^/]+/[^/]+/[^/]+ """#))
    #expect(deep.contains("@strip1 vars strip 1"))
    #expect(!deep.contains { $0.contains("@strip4") })
    #expect(try lines(plan()).contains { $0.contains("@strip1") })
  }

  @Test("Limits and times are those of the settings")
  func limits() throws {
    let lines = try lines(
      plan { settings in
        settings.gateway.limits.head = 8192
        settings.gateway.limits.body = 65536
        settings.gateway.timeouts = GatewayTimeouts()
        settings.gateway.timeouts.head = 3
        settings.gateway.timeouts.idle = 20.5
        settings.gateway.timeouts.connect = 0.25
      })
    for line in [
      "max_header_size 8192B", "max_size 65536B", "read_header 3000ms", "idle 20500ms", "dial_timeout 250ms",
      "response_header_timeout 300000ms", "read_timeout 600000ms", "keepalive 4s", "keepalive 10250ms",
    ] {
      #expect(lines.contains(line), "\(line)")
    }
  }

  @Test("No credential, identity or address that a client writes reaches a service")
  func dropped() throws {
    let lines = try lines(plan())
    for name in ["X-Leanto-*", "X-Forwarded-*", "X-Original-*", "Forwarded", "X-Real-IP", "Remote-User", "X-Rewrite-URL"] {
      #expect(lines.contains("request_header -\(name)"))
    }
    #expect(lines.contains("request_header @authorization -Authorization"))
  }

  @Test("Caddy's admin API is a socket of the stack, and nothing is kept or fetched besides")
  func options() throws {
    let lines = try lines(plan())
    #expect(lines.contains("admin unix/caddy-admin.sock|0600"))
    #expect(lines.contains("persist_config off") && lines.contains("auto_https off"))
    #expect(lines.contains("request>headers delete") && lines.contains(#"request>uri regexp "\?.*" "?...""#))
  }

  @Test("Caddy is a service of the stack that runs in the run folder and is told nothing but its file")
  func process() throws {
    let service = try #require(plan().services.first { $0.name == CaddyPlan.serviceName })
    guard case .process(let process) = service.kind else { return #expect(Bool(false), "\(service.kind)") }
    #expect(process.command == ["/usr/bin/caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile"])
    #expect(process.directory == "/stack/run")
    #expect(process.stopSeconds == 31)
    #expect(service.address == .unix(path: "/stack/run/caddy-admin.sock"))
  }

  @Test("Without a caddy its service is missing and says how to get one; the built-in engine needs none")
  func missing() throws {
    var settings = StackSettings()
    settings.gateway.engine = .caddy
    #expect(StackPlan.commands(of: settings) == ["caddy", "docker"])
    let without = StackPlan.make(
      settings: settings, machine: MachineFacts(cores: 2), directory: StackDirectory(path: "/stack"), secrets: StackSecrets())
    #expect(without.services.map(\.name) == ["gateway"])
    guard case .missing("caddy", let remedy)? = without.services.first?.kind else { return #expect(Bool(false)) }
    #expect(remedy.contains("2.11"))
    settings.gateway.engine = .auto
    #expect(StackPlan.commands(of: settings).isEmpty)
  }

  @Test("Where Docker runs services and no caddy is installed, Caddy runs in a container with the run folder alone")
  func container() throws {
    var settings = StackSettings()
    settings.gateway.engine = .caddy
    var machine = MachineFacts(commands: ["docker": "/usr/bin/docker"], cores: 2)
    func plan() -> StackPlan {
      .make(settings: settings, machine: machine, directory: StackDirectory(path: "/stack"), secrets: StackSecrets())
    }
    guard case .missing? = plan().services.last?.kind else { return #expect(Bool(false), "Docker does not run this stack") }
    machine.docker = DockerFacts()
    machine.docker?.person = "1000:1000"
    guard case .process(let process)? = plan().services.last?.kind else { return #expect(Bool(false)) }
    let line = process.command.joined(separator: " ")
    #expect(line.contains("/usr/bin/docker run --rm --name leanto-home-gateway --network host"))
    #expect(line.contains("--user 1000:1000 --read-only --cap-drop ALL"))
    #expect(line.contains("--mount type=bind,source=/stack/run,target=/run/leanto --workdir /run/leanto caddy:2.11 caddy run"))
    machine.commands["caddy"] = "/usr/bin/caddy"
    guard case .process(let native)? = plan().services.last?.kind else { return #expect(Bool(false)) }
    #expect(native.command.first == "/usr/bin/caddy")
  }

  @Test("A later daemon finds the internal listener's port in the file of the Caddy that still runs")
  func port() throws {
    let file = try #require(plan().caddy).file
    #expect(CaddyPlan.internalPort(in: file) == 8082)
    #expect(CaddyPlan.internalPort(in: "") == nil)
  }
}
