import Model
import Testing

@testable import Commands

@Suite("leanto init")
struct InitTests {
  /// A machine on which everything is free and no Ollama answers.
  private func world(_ words: [String] = []) -> World {
    let world = World(["init", "--stack", "stack"] + words, stack: false)
    world.environment.users = .plain
    world.environment.machine = MachineAccess(
      isFree: { _ in true }, ollamaAnswers: { false }, makePassword: { "abcde-fghij-kmnpq-rstuv" })
    return world
  }

  private func taken(_ world: World, _ ports: Set<UInt16>) {
    world.environment.machine.isFree = { address in
      if case .tcp(_, let port) = address { !ports.contains(port) } else { true }
    }
  }

  @Test("Makes everything with the right modes, and says where the password is")
  func files() async throws {
    let world = world()
    #expect(await world.run() == .done)
    #expect(try LiveFiles.list(world.folder) == ["stack"])
    #expect(try LiveFiles.list(world.folder + "/stack") == [".gitignore", "data", "leanto.yaml", "logs", "run", "secrets"])
    for (name, expected) in [
      ("leanto.yaml", 0o644), ("secrets", 0o700), ("secrets/first-password", 0o600), ("run", 0o700), ("logs", 0o700),
      ("data", 0o700), (".gitignore", 0o644),
    ] as [(String, UInt32)] {
      #expect(mode(of: world.folder + "/stack/" + name) == expected, "\(name)")
    }
    #expect(world.text(of: "stack/secrets/first-password") == "abcde-fghij-kmnpq-rstuv\n")
    #expect(world.text(of: "stack/secrets/users") == "admin:abcde-fghij-kmnpq-rstuv\n")
    for ignored in ["secrets/", "run/", "logs/", "data/"] {
      #expect(world.text(of: "stack/.gitignore")?.contains("\n\(ignored)\n") == true)
    }
    #expect(
      world.output.value == """
        Made the stack home in \(world.folder)/stack
        Sign in   as admin; the password: cat \(world.folder)/stack/secrets/first-password
        Next      leanto up --stack \(world.folder)/stack

        """)
  }

  @Test("The settings of a stack that is not for demonstration")
  func plainSettings() async {
    let world = world(["--name", "lab", "--admin", "ada", "--with", "n8n", "--local", "127.0.0.1:9000"])
    #expect(await world.run() == .done)
    #expect(
      world.text(of: "stack/leanto.yaml") == """
        # All that this stack is, apart from its secrets (in secrets/).
        # After a change: leanto check says whether it is right, leanto up applies it.
        # What is not written here has its default.

        name: lab                           # names all that belongs to this stack
        runner: auto                        # auto, compose or native

        gateway:
          engine: auto                      # auto, caddy or builtin
          local: 127.0.0.1:9000             # this machine; asks for a password
          tunnel: 127.0.0.1:8081            # for the tunnel's agent only; asks for a password, always

        llm:
          address: auto                     # an Ollama on this machine; or http://host:port

        services:
          n8n:
            preset: n8n
            version: 2.41.3
            at: /n8n/                       # a path on the one address, or a host name of its own
            public: [webhooks]              # what machines reach without a password

        """)
    #expect(world.text(of: "stack/secrets/users") == "ada:abcde-fghij-kmnpq-rstuv\n")
  }

  @Test("The settings of the demo stack with a model server")
  func demoSettings() async {
    let world = world(["--demo", "--model-server", "bin/serve model"])
    world.add("bin/serve model", "#!/bin/sh\n")
    #expect(await world.run() == .done)
    #expect(
      world.text(of: "stack/leanto.yaml")?.hasSuffix(
        """
        runner: native                      # services are processes of this machine

        gateway:
          engine: builtin                   # auto, caddy or builtin
          local: 127.0.0.1:8080             # this machine; asks for a password
          tunnel: 127.0.0.1:8081            # for the tunnel's agent only; asks for a password, always

        llm:
          address: "http://127.0.0.1:9100"  # the service model, below
          api: openai                       # ollama or openai
          models: [gemma-3-270m]

        services:
          n8n:
            preset: n8n
            version: 2.41.3
            at: /n8n/                       # a path on the one address, or a host name of its own
            public: [webhooks]              # what machines reach without a password
          flowise:
            preset: flowise
            version: 3.1.4
            at: /
            public: [predictions]           # what machines reach without a password
          model:
            command: ["\(world.folder)/bin/serve model"]  # gets its port as PORT
            port: 9100
            at: /model/
            health: { http: /health, status: 200 }

        """) == true)
  }

  @Test("An Ollama that answers gives the model")
  func ollama() async {
    let world = world(["--demo", "--model-server", "serve", "--with", "none"])
    world.add("serve", "")
    world.environment.machine.ollamaAnswers = { true }
    #expect(await world.run() == .done)
    #expect(
      world.text(of: "stack/leanto.yaml")?.hasSuffix(
        "  address: auto                     # an Ollama on this machine; or http://host:port\n\nservices: {}\n") == true)
    #expect(world.output.value.contains("Note      an Ollama answers at 127.0.0.1:11434"))
  }

  @Test("Default ports that are taken are passed over, and that is said; what was typed is kept")
  func ports() async {
    let world = world(["--demo", "--model-server", "serve"])
    world.add("serve", "")
    taken(world, [8080, 9100])
    #expect(await world.run() == .done)
    let settings = world.text(of: "stack/leanto.yaml") ?? ""
    #expect(settings.contains("local: 127.0.0.1:8081 "))
    #expect(settings.contains("tunnel: 127.0.0.1:8082 "))
    #expect(settings.contains("port: 9101\n"))
    #expect(settings.contains("\"http://127.0.0.1:9101\""))
    #expect(world.output.value.contains("Note      127.0.0.1:8080 is taken: local is 127.0.0.1:8081\n"))

    let typed = self.world(["--local", "127.0.0.1:7000", "--tunnel=[::1]:7001"])
    taken(typed, [7000, 7001])
    #expect(await typed.run() == .done)
    #expect(typed.text(of: "stack/leanto.yaml")?.contains("local: 127.0.0.1:7000 ") == true)
    #expect(typed.text(of: "stack/leanto.yaml")?.contains("tunnel: \"[::1]:7001\" ") == true)
  }

  @Test("A machine without a free port is told")
  func noPort() async {
    let world = world()
    world.environment.machine.isFree = { _ in false }
    #expect(await world.run() == .failed)
    #expect(world.errors.value.contains("leanto init --local HOST:PORT"))
    #expect(LiveFiles.facts(world.folder + "/stack") == nil)
  }

  @Test(
    "Wrong options are told before anything is made",
    arguments: [
      (["--name", "My Stack"], ExitCode.wrongUsage), (["--name", ""], .wrongUsage), (["--name", "-a"], .wrongUsage),
      (["--admin", "a:b"], .wrongUsage),
      (["--with", "n8n,gitea"], .wrongUsage), (["--with", ""], .wrongUsage), (["--with", "n8n,n8n"], .wrongUsage),
      (["--local", "8080"], .wrongUsage), (["--local", "unix:/x"], .wrongUsage), (["--local", "127.0.0.1:0"], .wrongUsage),
      (["--local", "127.0.0.1:8081"], .wrongUsage), (["--model-server", "x"], .wrongUsage),
      (["--demo", "--model-server", "/not/there"], .missing),
    ])
  func wrongOptions(words: [String], code: ExitCode) async throws {
    let world = world(words)
    #expect(await world.run() == code)
    #expect(try LiveFiles.list(world.folder) == [])
  }

  @Test("On a terminal it asks for what is missing, and again when the answer is wrong")
  func questions() async {
    let world = world(["--name", "lab"])
    world.environment.terminal.inputIsTerminal = true
    world.input.change { $0 = ["bad name", "ada", "n8n, flowise"] }
    #expect(await world.run() == .done)
    #expect(
      world.errors.value == """
        Who may enter first [admin]: a name has no colon, no space and no control characters
        Who may enter first [admin]: Services (n8n, flowise, or none) [n8n,flowise]: 
        """)
    #expect(world.text(of: "stack/secrets/users")?.hasPrefix("ada:") == true)
  }

  @Test("An empty answer takes the default; the end of input ends it with nothing made")
  func emptyAnswers() async throws {
    let world = world()
    world.environment.terminal.inputIsTerminal = true
    world.input.change { $0 = ["", "", ""] }
    #expect(await world.run() == .done)
    #expect(world.text(of: "stack/leanto.yaml")?.contains("name: home ") == true)
    let ended = self.world()
    ended.environment.terminal.inputIsTerminal = true
    #expect(await ended.run() == .failed)
    #expect(try LiveFiles.list(ended.folder) == [])
  }

  @Test("A stack is never overwritten")
  func existing() async {
    let world = world()
    world.add("stack/leanto.yaml", "name: mine\n")
    #expect(await world.run() == .failed)
    #expect(
      world.errors.value.hasPrefix(
        "leanto: there is a stack at \(world.folder)/stack already; nothing was changed\nTry: leanto up"))
    #expect(world.text(of: "stack/leanto.yaml") == "name: mine\n")
  }

  @Test(
    "Secrets without settings, and a file where the folder should be, are left alone",
    arguments: ["stack/secrets/users", "stack"])
  func inTheWay(file: String) async {
    let world = world()
    world.add(file, "mine\n")
    #expect(await world.run() == .failed)
    #expect(world.text(of: file) == "mine\n")
    #expect(LiveFiles.facts(world.folder + "/stack/leanto.yaml") == nil)
  }

  @Test("A folder that is there is filled, and what is in it stays")
  func existingFolder() async throws {
    let world = world()
    world.add("stack/.gitignore", "mine\n")
    world.add("stack/notes.txt", "mine\n")
    #expect(await world.run() == .done)
    #expect(world.text(of: "stack/.gitignore") == "mine\n")
    #expect(
      try LiveFiles.list(world.folder + "/stack") == [".gitignore", "data", "leanto.yaml", "logs", "notes.txt", "run", "secrets"])
  }

  @Test("The password is printed on a terminal and never in JSON")
  func password() async {
    for (words, isShown) in [([], true), (["--json"], false)] as [([String], Bool)] {
      let world = world(words)
      world.environment.terminal.outputIsTerminal = true
      #expect(await world.run() == .done)
      #expect(world.output.value.contains("abcde-fghij-kmnpq-rstuv") == isShown)
    }
  }
}

@Suite("An init that fails leaves nothing")
struct FailedInitTests {
  private func world() -> World {
    let world = World(["init", "--stack", "stack"], stack: false)
    world.environment.users = .plain
    world.environment.machine = MachineAccess(isFree: { _ in true }, ollamaAnswers: { false }, makePassword: { "abcde-fghij" })
    return world
  }

  /// Everything that is made fails once, one after the other, in a new folder and in one that is there.
  @Test("Whatever step fails", arguments: 0..<24)
  func step(number: Int) async throws {
    let world = world()
    let isThere = number.isMultiple(of: 2)
    if isThere { world.add("stack/mine.txt", "mine\n") }
    let left = Box(number / 2)
    let fail: @Sendable () throws -> Void = {
      if left.change({
        $0 -= 1; return $0
      }) == -1 {
        throw CommandFailure(.failed, "the disk is full")
      }
    }
    let real = LiveFiles.access()
    world.environment.files.create = { path, bytes, mode in
      try fail(); try real.create(path, bytes, mode)
    }
    world.environment.files.makeDirectory = { path, mode in
      try fail(); try real.makeDirectory(path, mode)
    }
    world.environment.files.rename = { from, to in
      try fail(); try real.rename(from, to)
    }
    world.environment.users.add = { stack, name, password in
      try fail(); try UserAccess.plain.add(stack, name, password)
    }
    let code = await world.run()
    if left.value < 0 {
      #expect(code == .failed)
      #expect(try LiveFiles.list(world.folder) == (isThere ? ["stack"] : []))
      if isThere { #expect(try LiveFiles.list(world.folder + "/stack") == ["mine.txt"]) }
    } else {
      #expect(code == .done)
    }
  }

  @Test("Ctrl-C before the end")
  func interrupted() async throws {
    let world = world()
    world.environment.files.uninterrupted = { body in try body { true } }
    #expect(await world.run() == .failed)
    #expect(world.errors.value == "leanto: interrupted; nothing was made\n")
    #expect(try LiveFiles.list(world.folder) == [])
  }

  @Test("What an init that was killed left is cleared by the next one")
  func leftover() async throws {
    let world = world()
    world.add(".stack.new/secrets/first-password", "old\n")
    #expect(await world.run() == .done)
    #expect(try LiveFiles.list(world.folder) == ["stack"])
    #expect(world.text(of: "stack/secrets/first-password") == "abcde-fghij\n")
  }

  @Test("Two at once: the second ends with 5 and touches nothing")
  func twoAtOnce() async throws {
    let world = world()
    let draft = StackDirectory(path: world.folder + "/.stack.new")
    world.add(".stack.new/run/verb.lock", "")
    let release = try LiveLock.take(draft.verbLock)
    defer { release() }
    #expect(await world.run() == .busy)
    #expect(LiveFiles.facts(draft.verbLock) != nil)
    #expect(try LiveFiles.list(world.folder) == [".stack.new"])
  }
}

@Suite("Words in leanto.yaml")
struct QuotingTests {
  @Test(
    "A word is quoted unless it means the same without",
    arguments: [
      ("/usr/bin/serve", "/usr/bin/serve"), ("127.0.0.1:80", "127.0.0.1:80"), ("a b", "\"a b\""), ("/a b", "\"/a b\""),
      ("/a\"b\\", "\"/a\\\"b\\\\\""),
      ("[::1]:80", "\"[::1]:80\""), ("/x:", "\"/x:\""), ("/a\n", "\"/a\\x0a\""), ("/é", "\"/é\""), ("/a#b", "\"/a#b\""),
      ("", "\"\""),
    ])
  func quoted(word: String, expected: String) {
    #expect(InitialSettings.quoted(word) == expected)
  }
}
