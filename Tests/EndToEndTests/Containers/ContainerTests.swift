import Glibc
import Model
import Testing

@Suite(
  "Containers, with the real Docker", .serialized,
  .enabled(if: Lab.hasBinary, "build/leanto is missing: Scripts/build"), .enabled(if: DockerLab.isThere, DockerLab.reason))
struct ContainerTests {
  @Test("up makes the containers and proves the stack; a second up does nothing within a second; down leaves nothing")
  func wholeLife() async throws {
    try await withContainers { stack in
      let planned = try await stack.leanto("plan")
      #expect(planned.status == 0 && planned.output.contains("+++ compose/compose.yaml"), "\(planned.all)")
      #expect(!TemporaryFolder.exists(stack.directory.compose), "a plan writes nothing")
      try await stack.up()
      let containers = try await stack.containers()
      #expect(containers.keys.sorted() == ["flowise", "n8n", "n8n-runner"])
      let began = ContinuousClock.now
      let again = try await stack.leanto("up")
      #expect(again.output.hasPrefix("nothing to do"), "\(again.all)")
      #expect(ContinuousClock.now - began < .seconds(3), "one second on a quiet machine")
      #expect(try await stack.containers() == containers)
      #expect(try await stack.leanto("plan").output == "nothing to change\n")
      #expect(try await stack.leanto("down").status == 0)
      #expect(try await stack.containers() == [:])
      let networks = try await stack.docker("network", "ls", "--filter", "name=\(stack.project)", "--quiet")
      #expect(networks.isEmpty)
    }
  }

  @Test("Services reach each other through the gateway without credentials; a container of somebody else does not")
  func internalTraffic() async throws {
    try await withContainers { stack in
      try await stack.up()
      #expect(try await stack.fetch(from: "flowise", "gateway:80/n8n/webhook/x").contains("GET /webhook/x "))
      #expect(try await stack.fetch(from: "n8n", "gateway:80/api/v1/prediction/x").contains("GET /api/v1/prediction/x "))
      let gateway = try #require(try await stack.listener(.internal))
      let foreign = "\(stack.project)-foreign"
      _ = try await stack.docker("run", "--detach", "--name", foreign, "--env", "PORT=80", DockerLab.plain)
      let address = try await stack.docker("inspect", "--format", "{{.NetworkSettings.IPAddress}}", foreign)
      let answer = try? await stack.curl("http://\(address)/get/\(gateway)/n8n/webhook/x")
      _ = try await stack.docker("rm", "--force", foreign)
      #expect(answer?.contains("reset") == true, "\(answer ?? "")")
    }
  }

  @Test("What is asked before n8n is ready gets 503 with Retry-After, and never its 200 of the start; after a restart again")
  func readiness() async throws {
    let services = """
        n8n: { preset: n8n, version: \(DockerLab.version), at: /n8n/, public: [webhooks], environment: { READY_AFTER: "3" } }
      """
    try await withContainers(services) { stack in
      let up = try stack.start(["up"])
      try await until("the gateway listens") { try await stack.statusCode(stack.url("/n8n/webhook/x")) == 503 }
      let early = try await stack.curl("-i", stack.url("/n8n/webhook/x"))
      #expect(early.lowercased().contains("retry-after: 5"), "\(early)")
      let states = try await watch(stack, until: 200)
      #expect(Set(states) == [503, 200], "\(states)")
      #expect(try await up.outcome(within: 120).status == 0)
      _ = try await stack.leanto("restart", "n8n")
      let after = try await watch(stack, until: 200)
      #expect(Set(after).isSubset(of: [503, 200]) && after.contains(503), "\(after)")
    }
  }

  /// Status codes of a webhook, until one of them comes twice.
  private func watch(_ stack: TemporaryStack, until wanted: Int) async throws -> [Int] {
    var codes: [Int] = []
    try await until("\(wanted)", within: 60) {
      codes.append(try await stack.statusCode(stack.url("/n8n/webhook/x")))
      return codes.suffix(2) == [wanted, wanted]
    }
    return codes
  }

  @Test("status tells of containers, logs shows what they wrote, exec runs in them, and restart restarts one")
  func verbs() async throws {
    try await withContainers { stack in
      try await stack.up()
      let status = try await stack.service("n8n")
      let container = try #require(status.container)
      #expect(container.state == "running" && container.memoryLimit == 1536 << 20 && container.memory != nil)
      #expect(container.ports.count == 1 && container.ports[0].hasPrefix("127.0.0.1:") && container.ports[0].hasSuffix("->5678"))
      #expect(container.digest.hasPrefix("sha256:") && container.image.hasSuffix(DockerLab.version))
      #expect(try await stack.leanto("logs", "n8n").output.contains("listening at 5678"))
      let said = try await stack.leanto("exec", "n8n", "--", "say", "hello", "7")
      #expect(said.status == 7 && said.output == "hello\n", "\(said.all)")
      #expect(try await stack.leanto("exec", "n9n", "--", "say").errors.contains("did you mean n8n?"))
      let before = try await stack.docker("inspect", "--format", "{{.State.StartedAt}}", "\(stack.project)-n8n-1")
      #expect(try await stack.leanto("restart", "n8n").status == 0)
      #expect(try await stack.docker("inspect", "--format", "{{.State.StartedAt}}", "\(stack.project)-n8n-1") != before)
      try await stack.waitHealthy("n8n")
      #expect(try await stack.service("n8n").restarts == 1)
    }
  }

  @Test("A changed version or variable makes that container anew, with the reason told before, and no other")
  func onlyWhatChanged() async throws {
    try await withContainers { stack in
      try await stack.up()
      let before = try await stack.containers()
      let line = "environment: { N8N_METRICS: \"true\" }, preset: n8n"
      try stack.writeContainers(TemporaryStack.both.replacing("preset: n8n", with: line))
      let plan = try await stack.leanto("plan")
      #expect(plan.output.contains("+N8N_METRICS=(hidden)") && plan.output.contains("environment: N8N_METRICS"), "\(plan.all)")
      try await stack.up()
      let after = try await stack.containers()
      #expect(before["n8n"] != after["n8n"] && before["flowise"] == after["flowise"])
      #expect(try await stack.docker("exec", "\(stack.project)-n8n-1", "say", "on") == "on")
    }
  }

  @Test("Secrets are in files of mode 0600 and less, and not in what docker inspect shows; the owner exists before anybody comes")
  func secrets() async throws {
    try await withContainers { stack in
      try await stack.up()
      let key = TemporaryFolder.text(of: stack.directory.secrets + "/n8n-encryption-key").filter { !$0.isNewline }
      #expect(key.count == 64)
      #expect(!(try await stack.docker("inspect", "\(stack.project)-n8n-1")).contains(key))
      #expect(TemporaryFolder.text(of: stack.directory.compose + "/secrets/n8n-encryption-key") == key)
      #expect(!TemporaryFolder.text(of: stack.directory.composeFile).contains(key))
      let open = DockerLab.shell("find '\(stack.directory.compose)' -perm /077 | grep -q .")
      #expect(!open)
      #expect(TemporaryFolder.text(of: stack.directory.daemonLog).contains("has its owner now"))
    }
  }
}
