import Glibc
import Model
import Testing

extension LifecycleTests {
  @Suite("The local network's listener")
  struct LAN {
    @Test(
      "is believed by whoever has its authority, and by nobody else", arguments: [("--http1.1", "1.1"), ("--http2", "2")])
    func trust(option: String, version: String) async throws {
      try await withLAN { stack, port in
        let url = "https://localhost:\(port)/hello/open/"
        let answer = try await stack.curl(
          option, "--cacert", stack.directory.authority, "-w", " %{http_code} %{http_version}", url)
        #expect(answer.hasSuffix(" 200 \(version)") && answer.contains("\"X-Forwarded-Proto\", \"https\""), "\(answer)")
        let stranger = try await ChildProcess(["curl", "-sS", option, url], folder: stack.folder).outcome(within: 20)
        #expect(stranger.status == 60, "\(stranger.all)")
        #expect(try await stack.statusCode("https://localhost:\(port)/hello/", option, "-k") == 401)
        let cookie = try await stack.curl(
          "-k", option, "-D", "-", "-o", "/dev/null", "-u", stack.credentials, "https://localhost:\(port)/hello/")
        #expect(cookie.lowercased().contains("; secure"), "\(cookie)")
        #expect(!cookie.lowercased().contains("strict-transport-security"))
      }
    }

    @Test("answers who speaks without TLS, and nobody who speaks an old one")
    func others() async throws {
      try await withLAN { stack, port in
        let answer = try await stack.curl("-i", "http://localhost:\(port)/hello/open/")
        #expect(answer.hasPrefix("HTTP/1.1 400") && answer.contains("https://"), "\(answer)")
        #expect(try await stack.statusCode("https://localhost:\(port)/", "-k", "--tls-max", "1.1") == 0)
        #expect(try await stack.statusCode("https://localhost:\(port)/", "-k", "--tls-max", "1.2") != 0)
        #expect(try await stack.statusCode("https://localhost:\(port)/", "-k", "--tlsv1.3") != 0)
      }
    }

    @Test("resumes sessions from tickets", arguments: ["-tls1_2", "-tls1_3"])
    func resumption(version: String) async throws {
      try await withLAN { stack, port in
        let file = stack.folder.path(unique: "session")
        let request = "GET /hello/open/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        func connect(_ option: String) async throws -> String {
          let words = ["openssl", "s_client", version, "-ign_eof", "-connect", "127.0.0.1:\(port)", option, file]
          return try await ChildProcess(words, input: request, folder: stack.folder).outcome(within: 30).output
        }
        #expect(try await connect("-sess_out").contains("New, TLS"))
        let second = try await connect("-sess_in")
        #expect(second.contains("Reused, TLS") && second.contains("HTTP/1.1 200"), "\(second)")
      }
    }

    @Test("takes a renewed certificate without losing a connection")
    func renewal() async throws {
      try await withLAN { stack, port in
        let said = try await client("renew", stack, port)
        #expect(said == "before 200\nnew certificate True 200\nafter 200\n")
      }
    }

    @Test("does not wait for ever for a handshake, and says when it ends")
    func ends() async throws {
      try await withLAN { stack, port in
        let slow = try await client("slow", stack, port)
        #expect(slow == "ended b'' b'' True\n")
        let closed = try await client("close", stack, port)
        #expect(closed == "answered 200\nended b''\n")
      }
    }

    @Test("keeps its certificate when another that the settings name is wrong, and check says what is")
    func wrongFiles() async throws {
      try await withLAN { stack, port in
        let settings = TemporaryFolder.text(of: stack.directory.settings)
        let files = "certificate: { chain: secrets/certificate.pem, key: secrets/authority-key.pem }"
        try TemporaryFolder.write(settings.replacing("gateway:\n", with: "gateway:\n  \(files)\n"), to: stack.directory.settings)
        let check = try await stack.leanto("check")
        #expect(check.status == 3 && check.all.contains("gateway.certificate.key"), "\(check.all)")
        try reload(stack)
        try await until("the daemon says so", within: 20) {
          try await stack.leanto("status", "--json").output.contains("gateway.certificate.key")
        }
        #expect(
          try await stack.statusCode("https://localhost:\(port)/hello/open/", "--cacert", stack.directory.authority) == 200)
      }
    }

    @Test("ends a drain with streams of HTTP/2 that are told so")
    func drain() async throws {
      try await withLAN { stack, port in
        let url = "https://localhost:\(port)/hello/open/"
        let many = Array(repeating: url, count: 40)
        let answer = try await ChildProcess(
          ["curl", "-sS", "-Z", "--http2", "--cacert", stack.directory.authority, "-w", "%{http_code} %{num_connects}\n"]
            + many.flatMap { ["-o", "/dev/null", $0] }, folder: stack.folder
        ).outcome(within: 60)
        #expect(answer.output.split(separator: "\n").filter { $0.hasPrefix("200 ") }.count == 40, "\(answer.all)")
        let long = try ChildProcess(
          ["curl", "-sN", "--http2", "-k", "-u", stack.credentials, "https://localhost:\(port)/hello/stream"],
          folder: stack.folder)
        try await until("the stream runs", within: 20) { long.outputSoFar.contains("5\n") }
        try await restart(stack)
        #expect(try await long.outcome(within: 30).status != 0)
      }
    }

    private func client(_ what: String, _ stack: TemporaryStack, _ port: Int) async throws -> String {
      let words = [
        Hello.python, Lab.program("lan.py"), "--what", what, "--port", "\(port)", "--authority", stack.directory.authority,
        "--leanto", Lab.binary, "--stack", stack.directory.path,
      ]
      let outcome = try await ChildProcess(words, folder: stack.folder).outcome(within: 60)
      #expect(outcome.status == 0, "\(outcome.all)")
      return outcome.output
    }
  }
}

/// A stack that serves the local network too, at every address, with little time for heads.
private func withLAN(_ body: (TemporaryStack, Int) async throws -> Void) async throws {
  try await withServing(access: "{ throttle: off, sign-in: both }") { stack in
    let port = try Lab.freePort()
    let settings = TemporaryFolder.text(of: stack.directory.settings)
    try TemporaryFolder.write(
      settings.replacing("gateway:\n", with: "gateway:\n  lan: 0.0.0.0:\(port)\n")
        .replacing("drain: 5s", with: "drain: 5s, head: 2s"), to: stack.directory.settings)
    try reload(stack)
    try await until("TLS is spoken", within: 30) {
      try await stack.statusCode("https://localhost:\(port)/hello/open/", "-k") == 200
    }
    try await body(stack, port)
  }
}

private func reload(_ stack: TemporaryStack) throws {
  let text = TemporaryFolder.text(of: stack.directory.daemonLock)
  kill(try #require(Int32(text.prefix { $0.isNumber })), SIGHUP)
}
