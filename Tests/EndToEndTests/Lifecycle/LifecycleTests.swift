import Glibc
import Model
import Testing

@Suite("A stack's life", .serialized, .enabled(if: Lab.hasBinary, "the release binary is not there: make build"))
enum LifecycleTests {}

extension LifecycleTests {
  @Suite("Up and down")
  struct UpAndDown {
    @Test("up starts it and tells where it is; down leaves no process, not even a service's own children")
    func upDown() async throws {
      try await withStack(services: Hello.service(port: Lab.freePort())) { stack in
        let up = try await stack.leanto("up")
        #expect(up.status == 0, "\(up.all)")
        #expect(up.output.contains("127.0.0.1:\(stack.local)") && up.output.contains("hello"), "\(up.all)")
        #expect(try await stack.statusCode(stack.url("/hello/"), "-u", stack.credentials) == 200)
        #expect(Processes.mentioning(stack.directory.path).count >= 3)

        #expect(try await stack.leanto("down").status == 0)
        #expect(Processes.mentioning(stack.directory.path).map(\.commandLine) == [])
        #expect(try await stack.leanto("down").status == 0, "a second down has nothing to do")
      }
    }

    @Test("Of two ups at once one works and the other ends with 5 and says who is at work")
    func twoUps() async throws {
      try await withStack(services: Hello.service(port: Lab.freePort(), startAfter: 2)) { stack in
        let first = try stack.start(["up"])
        try await until("the first is at work") { TemporaryFolder.exists(stack.directory.verbLock) }
        let second = try await stack.leanto("up")
        #expect(second.status == ExitCode.busy.rawValue, "\(second.all)")
        #expect(second.errors.contains("\(first.identifier)"), "\(second.all)")
        #expect(try await first.outcome(within: 60).status == 0)
      }
    }

    @Test("A second serve on one stack ends with 5 and names the first's process id")
    func twoDaemons() async throws {
      try await withStack(services: Hello.service(port: Lab.freePort())) { stack in
        try await stack.up()
        let second = try await stack.leanto("serve")
        #expect(second.status == ExitCode.busy.rawValue, "\(second.all)")
        #expect(second.errors.contains("\(try #require(stack.daemon))"), "\(second.all)")
      }
    }

    @Test("A stack directory that moved works")
    func moved() async throws {
      try await withStack(services: Hello.service(port: Lab.freePort())) { stack in
        try await stack.up()
        #expect(try await stack.leanto("down").status == 0)
        let place = stack.folder.path + "/elsewhere"
        let isMoved = unsafe rename(stack.directory.path, place) == 0
        #expect(isMoved)
        let up = try await ChildProcess([Lab.binary, "up", "--stack", place], folder: stack.folder).outcome(within: 60)
        #expect(up.status == 0, "\(up.all)")
        #expect(try await stack.statusCode(stack.url("/hello/"), "-u", stack.credentials) == 200)
        let down = try await ChildProcess([Lab.binary, "down", "--stack", place], folder: stack.folder).outcome(within: 60)
        #expect(down.status == 0, "\(down.all)")
        #expect(Processes.mentioning(place).map(\.commandLine) == [])
      }
    }

    @Test("A stack in a folder whose path is longer than a socket's may be works, or says that the path is too long")
    func longPath() async throws {
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      let deep = folder.path + "/" + String(repeating: "d", count: 120)
      unsafe mkdir(deep, 0o700)
      try await withStack(in: deep + "/stack", services: Hello.service(port: Lab.freePort())) { stack in
        let up = try await stack.leanto("up")
        #expect(up.status == 0 || (up.status == 1 && up.errors.contains("long")), "\(up.all)")
      }
    }

    @Test("SIGTERM ends the daemon although a stream is open, within the time for draining")
    func drains() async throws {
      try await withStack(services: Hello.service(port: Lab.freePort())) { stack in
        try await stack.up()
        let curl = try ChildProcess(
          ["curl", "-sS", "-N", "-u", stack.credentials, stack.url("/hello/stream")], folder: stack.folder)
        try await until("lines come") { curl.outputSoFar.contains("3\n") }
        let daemon = try #require(stack.daemon)
        kill(daemon, SIGTERM)
        let length = curl.outputSoFar.utf8.count
        try await until("the stream goes on while draining", within: 4) { curl.outputSoFar.utf8.count > length }
        try await until("the daemon has ended", within: 20) { !Processes.isRunning(daemon) }
        _ = try await curl.outcome(within: 5)
        #expect(Processes.mentioning(stack.directory.path).map(\.commandLine) == [])
      }
    }
  }

  @Suite("After a kill -9 of the daemon")
  struct Killed {
    @Test("up adopts or ends what it left, and there is one of each service afterwards")
    func up() async throws {
      try await withStack(services: Hello.service(port: Lab.freePort())) { stack in
        try await stack.up()
        try await kill(stack)
        try await stack.up()
        #expect(try await stack.statusCode(stack.url("/hello/"), "-u", stack.credentials) == 200)
        let running = Processes.mentioning(stack.directory.path).filter { $0.commandLine.contains("hello.py") }
        #expect(running.count == 1, "\(running)")
        #expect(try await stack.leanto("down").status == 0)
        #expect(Processes.mentioning(stack.directory.path).map(\.commandLine) == [])
      }
    }

    @Test("down ends what it left")
    func down() async throws {
      try await withStack(services: Hello.service(port: Lab.freePort())) { stack in
        try await stack.up()
        try await kill(stack)
        #expect(try await stack.leanto("down").status == 0)
        #expect(Processes.mentioning(stack.directory.path).map(\.commandLine) == [])
      }
    }

    private func kill(_ stack: TemporaryStack) async throws {
      let daemon = try #require(stack.daemon)
      Processes.kill(daemon)
      try await until("the daemon is gone", within: 5) { !Processes.isRunning(daemon) }
    }
  }
}
