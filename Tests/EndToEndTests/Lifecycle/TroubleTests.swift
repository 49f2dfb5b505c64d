import Model
import Testing

extension LifecycleTests {
  @Suite("Trouble is told by name")
  struct Trouble {
    @Test("A gateway port that is taken is named, and up succeeds when it is free again")
    func gatewayPort() async throws {
      try await withStack(services: Hello.service(port: Lab.freePort())) { stack in
        let other = try await occupy(stack.local, stack)
        let up = try await stack.leanto("up")
        #expect(up.status == ExitCode.failed.rawValue, "\(up.all)")
        #expect(up.all.contains("127.0.0.1:\(stack.local)"), "\(up.all)")
        #expect(Processes.mentioning(stack.directory.path).map(\.commandLine) == [], "a failed up leaves nothing running")
        try await other.end()
        try await stack.up()
      }
    }

    @Test("A service's port that is taken is named, with the service")
    func servicePort() async throws {
      let port = try Lab.freePort()
      try await withStack(services: Hello.service(port: port)) { stack in
        let other = try await occupy(port, stack)
        let up = try await stack.leanto("up")
        #expect(up.status == ExitCode.failed.rawValue, "\(up.all)")
        #expect(up.all.contains("hello") && up.all.contains("\(port)"), "\(up.all)")
        try await other.end()
      }
    }

    @Test("A service that ends at once is named, with its last lines")
    func endsAtOnce() async throws {
      let services = """
          broken:
            command: [sh, "-c", "echo I cannot find my hat; exit 7"]
            port: \(try Lab.freePort())
        """
      try await withStack(services: services) { stack in
        let up = try await stack.leanto("up")
        #expect(up.status == ExitCode.failed.rawValue, "\(up.all)")
        #expect(up.all.contains("broken") && up.all.contains("I cannot find my hat"), "\(up.all)")
      }
    }

    @Test("A command that is not installed is named, and everything else runs")
    func missingCommand() async throws {
      let services = try """
      \(Hello.service(port: Lab.freePort()))
        absent:
          command: [no-such-program-anywhere]
          port: \(Lab.freePort())
      """
      try await withStack(services: services) { stack in
        let up = try await stack.leanto("up")
        #expect(up.all.contains("absent") && up.all.contains("no-such-program-anywhere"), "\(up.all)")
        #expect(try await stack.service("absent").state == .missing)
        #expect(try await stack.statusCode(stack.url("/hello/"), "-u", stack.credentials) == 200)
      }
    }

    @Test("Wrong settings end with 3 and every problem, and what runs goes on")
    func wrongSettings() async throws {
      let services = try Hello.service(port: Lab.freePort())
      try await withStack(services: services) { stack in
        try await stack.up()
        let (daemon, settings) = (stack.daemon, TemporaryFolder.text(of: stack.directory.settings))
        try TemporaryFolder.write(settings + "  bad:\n    upstreem: x\nrunnner: native\n", to: stack.directory.settings)
        for verb in ["check", "up"] {
          let outcome = try await stack.leanto(verb)
          #expect(outcome.status == ExitCode.settings.rawValue, "\(verb): \(outcome.all)")
          #expect(outcome.all.contains("upstreem") && outcome.all.contains("runnner"), "\(outcome.all)")
          #expect(outcome.all.contains("leanto.yaml:"), "\(outcome.all)")
        }
        #expect(stack.daemon == daemon)
        #expect(try await stack.statusCode(stack.url("/hello/"), "-u", stack.credentials) == 200)
      }
    }

    @Test(
      "A read-only stack directory is said to be so, and check still works",
      .enabled(if: SmallDisk.isPossible, "needs root to mount"))
    func readOnly() async throws {
      let disk = try SmallDisk(kibibytes: 4096)
      defer { disk.remove() }
      try await withStack(in: disk.path + "/stack", services: Hello.service(port: Lab.freePort())) { stack in
        try disk.makeReadOnly()
        #expect(try await stack.leanto("check").status == 0)
        let up = try await stack.leanto("up")
        #expect(up.status == ExitCode.failed.rawValue, "\(up.all)")
        #expect(up.errors.lowercased().contains("read-only") && up.errors.contains(disk.path), "\(up.all)")
      }
    }

    @Test(
      "A full disk is told of at the start, and does not stop a stack that runs",
      .enabled(if: SmallDisk.isPossible, "needs root to mount"))
    func fullDisk() async throws {
      let disk = try SmallDisk(kibibytes: 2048)
      defer { disk.remove() }
      try await withStack(in: disk.path + "/stack", services: Hello.service(port: Lab.freePort())) { stack in
        try await stack.up()
        try disk.fill()
        for _ in 0..<40 {
          #expect(try await stack.statusCode(stack.url("/hello/"), "-u", stack.credentials) == 200)
        }
        let status = try await stack.leanto("status")
        #expect(status.status == 0, "\(status.all)")
        #expect(try await stack.leanto("down").status == 0)

        let up = try await stack.leanto("up")
        #expect(up.status == 0 || up.status == ExitCode.failed.rawValue, "\(up.all)")
        if up.status != 0 {
          #expect(["full", "space"].contains { up.all.lowercased().contains($0) }, "\(up.all)")
        }
      }
    }

    @Test("No stack where one is meant: it says how to make one")
    func noStack() async throws {
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      let up = try await ChildProcess([Lab.binary, "up", "--stack", folder.path], folder: folder).outcome(within: 10)
      #expect(up.status != 0 && up.errors.contains("leanto init"), "\(up.all)")
    }

    @Test(
      "Wrong usage ends with 2 and names what was meant",
      arguments: [["statsu"], ["up", "--stakc", "x"], ["user", "ad"], ["logs", "-x"]])
    func wrongUsage(arguments: [String]) async throws {
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      let outcome = try await ChildProcess([Lab.binary] + arguments, folder: folder).outcome(within: 10)
      #expect(outcome.status == ExitCode.wrongUsage.rawValue, "\(outcome.all)")
      #expect(outcome.errors.contains("leanto"), "\(outcome.all)")
    }

    /// Something else that answers at a port.
    private func occupy(_ port: Int, _ stack: TemporaryStack) async throws -> ChildProcess {
      let other = try ChildProcess(
        [Hello.python, Lab.program("hello.py")], environment: ["PORT": "\(port)"], folder: stack.folder)
      try await until("the other one answers") { try await stack.statusCode("http://127.0.0.1:\(port)/") == 200 }
      return other
    }
  }
}
