import FoundationEssentials
import Glibc
import Model
import Testing

/// A stack with a tunnel whose agent is the stand-in (Tests/StandIns/ngrok).
struct TunnelStack {
  static let domain = "lean.localhost"
  static let token = "2abcdefghijklmnopqrstuvwxyz"

  let stack: TemporaryStack
  let tools: TemporaryFolder

  /// `behaviour`: what `ngrok-stand-in.json` holds.
  init(services: String = "  {}", behaviour: String = "{}", token: String = Self.token, name: String = Self.domain) async throws {
    tools = try TemporaryFolder()
    unsafe mkdir(tools.path + "/bin", 0o755)
    unsafe symlink(Lab.root + "/Tests/StandIns/ngrok/ngrok", tools.path + "/bin/ngrok")
    try TemporaryFolder.write(behaviour, to: tools.path + "/ngrok-stand-in.json")
    let path = tools.path + "/bin:" + (Lab.environment("PATH") ?? "/usr/bin:/bin")
    stack = try await TemporaryStack(services: services, environment: ["HOME": tools.path, "PATH": path])
    let set = try await stack.leanto("tunnel", "set", "--domain", name, input: token + "\n")
    guard set.status == 0 else { throw TestFailure("tunnel set: \(set.all)") }
  }

  func status() async throws -> TunnelStatus {
    guard let tunnel = try await stack.status().tunnel else { throw TestFailure("there is no tunnel") }
    return tunnel
  }

  @discardableResult
  func waitFor(_ state: TunnelStatus.State, within seconds: Double = 40) async throws -> TunnelStatus {
    var last = try await status()
    do {
      try await until("the tunnel is \(state)", within: seconds) {
        last = try await status()
        return last.state == state
      }
    } catch { throw TestFailure("\(error); it is \(last)") }
    return last
  }

  /// The public address, once it is online.
  func url() async throws -> String { try #require(try await waitFor(.online).url) }

  func dispose() async {
    await stack.dispose()
    tools.remove()
  }
}

func withTunnel(
  services: String = "  {}", behaviour: String = "{}", token: String = TunnelStack.token, name: String = TunnelStack.domain,
  _ body: (TunnelStack) async throws -> Void
) async throws {
  let tunnel = try await TunnelStack(services: services, behaviour: behaviour, token: token, name: name)
  let result: Result<Void, any Error>
  do { result = .success(try await body(tunnel)) } catch { result = .failure(error) }
  await tunnel.dispose()
  try result.get()
}
