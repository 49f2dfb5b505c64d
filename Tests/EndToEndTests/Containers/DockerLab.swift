import Glibc
import Model
import Testing

/// The real Docker and Compose of this machine, with images made from nothing and named as the real ones are.
enum DockerLab {
  static let reason: Comment = "needs Docker, Compose and cc: Scripts/install-docker"
  /// No registry has it, and nothing else on this machine has an image of that version.
  static let version = "0-leanto"
  static let plain = "leanto-test/plain:1"

  /// Whether tests with Docker can be run here. Makes the images, once.
  static let isThere = shell("docker version && docker compose version --short | grep -q '^v\\{0,1\\}[5-9]'") && makeImages()

  static func shell(_ script: String) -> Bool { unsafe system("{ \(script); } >/dev/null 2>&1 </dev/null") == 0 }

  private static func makeImages() -> Bool {
    let names = [
      "docker.n8n.io/n8nio/n8n:\(version)", "docker.n8n.io/n8nio/runners:\(version)", "flowiseai/flowise:\(version)", plain,
    ]
    return shell(
      """
      set -e; d=$(mktemp -d); trap 'rm -rf $d' EXIT
      mkdir -p $d/bin $d/tmp $d/etc $d/data $d/home/node/.n8n $d/home/node/.cache
      cc -O1 -static -w -o $d/bin/server '\(Lab.program("container.c"))'
      for name in sh wget say; do ln $d/bin/server $d/bin/$name; done
      for image in \(names.joined(separator: " ")); do
        tar -C $d -c . | docker import -c 'ENTRYPOINT ["/bin/server"]' -c 'ENV PATH=/bin' - $image
      done
      """)
  }

}

extension TemporaryStack {
  static let both = """
      n8n: { preset: n8n, version: \(DockerLab.version), at: /n8n/, public: [webhooks] }
      flowise: { preset: flowise, version: \(DockerLab.version), at: /, public: [predictions] }
    """

  /// Of the compose runner. `name` is its own, so that tests are apart.
  func writeContainers(_ services: String, name: String? = nil, runner: String = "compose") throws {
    try TemporaryFolder.write(
      """
      name: \(name ?? ownName)
      runner: \(runner)
      gateway: { engine: builtin, local: "127.0.0.1:\(local)", tunnel: "127.0.0.1:\(tunnel)", timeouts: { drain: 2s } }
      access: { throttle: off, sign-in: basic }
      llm: { address: "http://127.0.0.1:1" }
      monitoring: { interval: 1s }
      services:
      \(services)

      """, to: directory.settings)
  }

  var ownName: String { "t\(local)" }
  var project: String { "leanto-\(ownName)" }

  /// What `docker` printed, without the last line end.
  func docker(_ arguments: String...) async throws -> String {
    let outcome = try await ChildProcess(["docker"] + arguments, folder: folder).outcome(within: 60)
    guard outcome.status == 0 else { throw TestFailure("docker \(arguments): \(outcome.all)") }
    return outcome.output.last == "\n" ? String(outcome.output.dropLast()) : outcome.output
  }

  /// The identifiers of its containers, by service.
  func containers() async throws -> [String: String] {
    let format = "{{.Label \"com.docker.compose.service\"}} {{.ID}}"
    let list = try await docker("ps", "--all", "--filter", "label=com.docker.compose.project=\(project)", "--format", format)
    let pairs = list.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }.filter { $0.count == 2 }
    return Dictionary(pairs.map { ($0[0], $0[1]) }, uniquingKeysWith: { $1 })
  }

  /// What a container gets from an address, as it came.
  func fetch(from service: String, _ address: String) async throws -> String {
    let at = try #require(try await self.service(service).container?.ports.first?.split(separator: "-").first)
    return try await curl("http://\(at)/get/\(address)")
  }

  func listener(_ kind: ListenerKind) async throws -> String? {
    try await status().listeners.first { $0.kind == kind }?.address
  }

  func waitHealthy(_ names: String..., within seconds: Double = 90) async throws {
    for name in names {
      try await until("\(name) is healthy", within: seconds) { try await service(name).state == .healthy }
    }
  }
}

/// A stack in containers, for the time of `body`.
func withContainers(_ services: String = TemporaryStack.both, _ body: (TemporaryStack) async throws -> Void) async throws {
  try await withStack(services: "  {}") { stack in
    try stack.writeContainers(services)
    do {
      try await body(stack)
    } catch {
      _ = try? await stack.leanto("down", within: 60)
      throw error
    }
  }
}
