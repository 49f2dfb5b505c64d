import Model
import Testing

extension LifecycleTests {
  @Suite("init")
  struct Init {
    @Test("makes a stack that check finds right, asks nothing, and never overwrites")
    func demo() async throws {
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      let stack = StackDirectory(path: folder.path + "/new")
      let made = try await run("init", "--demo", "--with", "none", in: stack, folder)
      #expect(made.status == 0, "\(made.all)")
      #expect(try await run("check", in: stack, folder).status == 0)

      let settings = TemporaryFolder.text(of: stack.settings)
      let (password, users) = (TemporaryFolder.text(of: stack.firstPassword), TemporaryFolder.text(of: stack.users))
      #expect(users.contains(":$2") && !users.contains(password.filter { $0 != "\n" }))
      #expect(!made.output.contains(password.filter { $0 != "\n" }), "a password in a pipe ends up in a log")

      #expect(try await run("init", "--demo", in: stack, folder).status != 0)
      #expect(TemporaryFolder.text(of: stack.settings) == settings)
      #expect(TemporaryFolder.text(of: stack.users) == users)
    }

    @Test("The nearest folder upward with leanto.yaml is the stack; else LEANTO_STACK names it")
    func finds() async throws {
      try await withStack(services: Hello.service(port: Lab.freePort())) { stack in
        let below = stack.directory.path + "/data/deep"
        _ = try await ChildProcess(["mkdir", "-p", below], folder: stack.folder).outcome(within: 5)
        let upward = try await ChildProcess([Lab.binary, "check"], directory: below, folder: stack.folder).outcome(within: 10)
        #expect(upward.status == 0, "\(upward.all)")
        let named = try await ChildProcess(
          [Lab.binary, "user", "list"], environment: ["LEANTO_STACK": stack.directory.path], folder: stack.folder
        ).outcome(within: 10)
        #expect(named.output.contains(stack.user), "\(named.all)")
      }
    }

    private func run(_ arguments: String..., in stack: StackDirectory, _ folder: TemporaryFolder) async throws -> Outcome {
      try await ChildProcess([Lab.binary] + arguments + ["--stack", stack.path], folder: folder).outcome(within: 30)
    }
  }
}
