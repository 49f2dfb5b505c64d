import Glibc
import Model
import Testing

extension ContainerTests {
  @Suite("What containers must survive", .serialized)
  struct Survival {
    private static let plain = """
        plain: { image: "\(DockerLab.plain)", port: 8000, at: /plain/, health: { http: /, status: 200 }, limits: { memory: 64MiB } }
      """

    @Test("A container that somebody removed or killed is made again", arguments: [["rm", "--force"], ["kill"], ["stop"]])
    func removed(how: [String]) async throws {
      try await withContainers(Self.plain) { stack in
        try await stack.up()
        let container = "\(stack.project)-plain-1"
        _ = how.count == 2 ? try await stack.docker(how[0], how[1], container) : try await stack.docker(how[0], container)
        try await until("it answers again", within: 60) {
          try await stack.statusCode(stack.url("/plain/"), "-u", stack.credentials) == 200
        }
        try await stack.waitHealthy("plain")
      }
    }

    @Test("One that used more memory than its limit comes back, and status says why it ended")
    func outOfMemory() async throws {
      try await withContainers(Self.plain) { stack in
        try await stack.up()
        _ = try? await stack.curl("-u", stack.credentials, stack.url("/plain/eat"))
        await withKnownIssue("Docker 20.10 does not always say that it was memory", isIntermittent: true) {
          try await until("it says so", within: 60) {
            try await stack.service("plain").container?.lastEnd.contains("more memory than its limit of 64 MiB") == true
          }
        }
        try await stack.waitHealthy("plain")
      }
    }

    private func killDaemon(of stack: TemporaryStack) async throws {
      let daemon = try #require(stack.daemon)
      Processes.kill(daemon)
      try await until("it is gone") { !Processes.isRunning(daemon) }
    }

    @Test("Containers go on when the daemon is killed, and the next one takes them over as they are")
    func daemonKilled() async throws {
      try await withContainers(Self.plain) { stack in
        try await stack.up()
        let before = try await stack.containers()
        let started = try await stack.docker("inspect", "--format", "{{.State.StartedAt}}", "\(stack.project)-plain-1")
        try await killDaemon(of: stack)
        #expect(try await stack.containers() == before)
        try await stack.up()
        #expect(try await stack.containers() == before)
        #expect(try await stack.docker("inspect", "--format", "{{.State.StartedAt}}", "\(stack.project)-plain-1") == started)
      }
    }

    @Test("down ends the containers that a killed daemon left")
    func downAfterKill() async throws {
      try await withContainers(Self.plain) { stack in
        try await stack.up()
        try await killDaemon(of: stack)
        let down = try await stack.leanto("down")
        #expect(down.status == 0 && down.output.contains("plain"), "\(down.all)")
        #expect(try await stack.containers() == [:])
      }
    }

    @Test("docker compose killed half-way is run again")
    func composeKilled() async throws {
      let slow = Self.plain.replacing("port: 8000", with: "port: 8000, after: [first]")
      let first =
        "\n  first: { image: \"\(DockerLab.plain)\", environment: { PORT: \"1\" }, health: { command: [say, x, \"1\"] } }"
      try await withContainers(slow + first) { stack in
        let up = try stack.start(["up"])
        // It waits for a container that never becomes healthy.
        try await until("compose is at work", within: 60) {
          Processes.mentioning(stack.directory.composeFile).contains { $0.commandLine.contains(" up ") }
        }
        for process in Processes.mentioning(stack.directory.composeFile) { kill(process.identifier, SIGKILL) }
        try stack.writeContainers(Self.plain)
        _ = try await up.outcome(within: 120)
        try await stack.up()
        #expect(try await stack.containers().keys.sorted() == ["plain"])
      }
    }

    @Test("A folder that was moved is the same stack")
    func moved() async throws {
      try await withContainers(Self.plain) { stack in
        try await stack.up()
        #expect(try await stack.leanto("down").status == 0)
        let other = stack.folder.path + "/elsewhere"
        #expect(DockerLab.shell("mv '\(stack.directory.path)' '\(other)'"))
        let up = try await ChildProcess([Lab.binary, "up", "--stack", other], folder: stack.folder).outcome(within: 120)
        #expect(up.status == 0, "\(up.all)")
        let down = try await ChildProcess([Lab.binary, "down", "--stack", other], folder: stack.folder).outcome(within: 120)
        #expect(down.status == 0, "\(down.all)")
        #expect(DockerLab.shell("mv '\(other)' '\(stack.directory.path)'"))
      }
    }

    @Test(
      "Two stacks with the same services live side by side; two of one name do not",
      .disabled("the second stack's containers did not answer within two minutes when this was last tried; not understood yet"))
    func twoStacks() async throws {
      try await withContainers { first in
        try await first.up()
        try await withContainers { second in
          try await second.up()
          #expect(try await second.containers().count == 3)
          #expect(try await first.service("n8n").state == .healthy)
          #expect(try await second.service("n8n").address != first.service("n8n").address)
        }
        try await withContainers { third in
          try third.writeContainers(TemporaryStack.both, name: first.ownName)
          let up = try await third.leanto("up")
          #expect(up.status != 0 && up.all.contains("has the name \(first.ownName) too"), "\(up.all)")
        }
        #expect(try await first.containers().count == 3)
        #expect(try await first.service("n8n").state == .healthy)
      }
    }
  }
}

extension ContainerTests {
  @Suite("What Docker says wrong, in words", .serialized)
  struct Words {
    @Test("Docker that is away is told, with exit code 4")
    func away() async throws {
      try await withContainers { stack in
        let command = [Lab.binary, "up", "--stack", stack.directory.path]
        let environment = ["DOCKER_HOST": "unix:///nonexistent/docker.sock"]
        let up = try await ChildProcess(command, environment: environment, folder: stack.folder).outcome(within: 60)
        #expect(up.status == ExitCode.missing.rawValue, "\(up.all)")
        #expect(up.errors.contains("Docker does not run") && up.errors.contains("systemctl start docker"), "\(up.all)")
        #expect(Processes.mentioning(stack.directory.path).map(\.commandLine) == [])
      }
    }

    @Test("An image that cannot be had is named")
    func noImage() async throws {
      try await withContainers("  plain: { image: \"leanto.invalid/nobody/nothing:1\" }") { stack in
        let up = try await stack.leanto("up")
        #expect(up.status == ExitCode.failed.rawValue, "\(up.all)")
        #expect(up.all.contains("plain") && up.all.contains("image"), "\(up.all)")
      }
    }

    @Test(
      "A container that ends at once is named, with its last lines",
      .disabled("the image that tests use has no way yet to end at once"))
    func endsAtOnce() async throws {
      try await withContainers("  plain: { image: \"\(DockerLab.plain)\", command: [say, \"I cannot find my hat\"] }") { stack in
        // The image's own program takes the words; it is this one that ends.
        try stack.writeContainers("  plain: { image: \"\(DockerLab.plain)\", environment: { PORT: \"99999999\" } }")
        let up = try await stack.leanto("up", within: 180)
        #expect(up.status == ExitCode.failed.rawValue, "\(up.all)")
        #expect(up.all.contains("plain is"), "\(up.all)")
      }
    }

    @Test("A published port that another program took is named, with the program, and up succeeds when it is free")
    func portTaken() async throws {
      try await withContainers("  plain: { image: \"\(DockerLab.plain)\", port: 8000 }") { stack in
        try await stack.up()
        let port = try #require(try await stack.service("plain").address.split(separator: ":").last)
        _ = try await stack.leanto("down")
        let other = try ChildProcess(["python3", "-m", "http.server", "--bind", "127.0.0.1", String(port)], folder: stack.folder)
        try await until("it listens") { DockerLab.shell("curl -s http://127.0.0.1:\(port)/") }
        let up = try await stack.leanto("up")
        #expect(up.status == ExitCode.failed.rawValue && up.all.contains("port \(port) is taken by"), "\(up.all)")
        try await other.end()
        try await stack.up()
      }
    }

    @Test("While Docker hangs or is away, what runs is served, status says so, and all is well when it is back")
    func hangs() async throws {
      try await withContainers("  plain: { image: \"\(DockerLab.plain)\", port: 8000, at: /plain/ }") { stack in
        let socket = stack.folder.path + "/engine.sock"
        let words = ["python3", Lab.program("docker_relay.py"), socket]
        var relay = try ChildProcess(words, folder: stack.folder)
        try await until("it relays") { DockerLab.shell("DOCKER_HOST=unix://\(socket) docker version") }
        let command = [Lab.binary, "up", "--stack", stack.directory.path]
        let environment = ["DOCKER_HOST": "unix://\(socket)"]
        let up = try await ChildProcess(command, environment: environment, folder: stack.folder).outcome(within: 120)
        #expect(up.status == 0, "\(up.all)")
        relay.send(SIGSTOP)
        #expect(try await stack.statusCode(stack.url("/plain/"), "-u", stack.credentials) == 200)
        try await until("the hanging engine is told", within: 60) {
          try await stack.service("plain").message.contains("did not answer")
        }
        relay.send(SIGKILL)
        try await until("the engine that is gone is told", within: 60) {
          try await stack.service("plain").message.contains("Docker does not run")
        }
        #expect(try await stack.statusCode(stack.url("/plain/"), "-u", stack.credentials) == 200)
        relay = try ChildProcess(words, folder: stack.folder)
        try await until("all is well", within: 60) { try await stack.service("plain").message.isEmpty }
        _ = try await ChildProcess(
          [Lab.binary, "down", "--stack", stack.directory.path], environment: environment, folder: stack.folder
        )
        .outcome(within: 60)
        relay.send(SIGKILL)
      }
    }
  }
}
