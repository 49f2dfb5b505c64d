import Glibc
import Model
import Testing

/// A stack whose daemon runs in the foreground, with Programs/hello.py beside it as an upstream at `/hello/` that is public below
/// `/hello/open/`: the door and the gateway alone.
func withServing(
  more: String = "", access: String = "{ throttle: off, sign-in: basic }", _ body: (TemporaryStack) async throws -> Void
) async throws {
  let port = try Lab.freePort()
  let services = "  hello: { upstream: \"http://127.0.0.1:\(port)\", at: /hello/, prefix: strip, public: [/open/] }\n" + more
  try await withStack(services: services, access: access) { stack in
    let command = [Hello.python, Lab.program("hello.py")]
    let hello = try ChildProcess(command, environment: ["PORT": "\(port)"], folder: stack.folder)
    try await serve(stack)
    try await until("the upstream answers", within: 20) { try await stack.statusCode(stack.url("/hello/open/")) == 200 }
    let result: Result<Void, any Error>
    do { result = .success(try await body(stack)) } catch { result = .failure(error) }
    hello.send(SIGKILL)
    _ = try await hello.outcome(within: 10)
    try endDaemon(stack)
    try result.get()
  }
}

/// Ends the daemon by SIGTERM and starts another. `counters`: what the later one finds of the earlier one's throttle.
func restart(_ stack: TemporaryStack, keeping counters: String? = nil) async throws {
  try endDaemon(stack)
  if let counters { try TemporaryFolder.write(counters, to: stack.directory.throttle) }
  try await serve(stack)
}

private func endDaemon(_ stack: TemporaryStack) throws {
  let text = TemporaryFolder.text(of: stack.directory.daemonLock)
  let identifier = try #require(Int32(text.prefix { $0.isNumber }))
  kill(identifier, SIGTERM)
  #expect(waitpid(identifier, nil, 0) == identifier)
}

private func serve(_ stack: TemporaryStack) async throws {
  _ = try stack.start(["serve"])
  try await until("the door answers", within: 20) { try await stack.statusCode(stack.url("/leanto/whoami")) == 401 }
}
