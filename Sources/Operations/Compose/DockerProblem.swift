package import Model

/// What Docker could not do, in words for people.
package struct DockerProblem: Error, Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable {
    case notInstalled, noCompose, oldCompose, notRunning, notAllowed, hangs
    case portTaken, noSpace, noImage, registry, unhealthy, ended, networkTaken, nameTaken, mount, command, other
  }

  package var kind: Kind
  /// What happened and what it means, without its full stop.
  package var sentence: String
  /// What to type; empty: nothing is known that mends it.
  package var remedy: String
  /// Names of containers that it is about, where Docker names some.
  package var containers: [String] = []

  package init(_ kind: Kind, _ sentence: String, remedy: String = "") {
    self.kind = kind
    self.sentence = sentence
    self.remedy = remedy
  }

  package var text: String { remedy.isEmpty ? sentence : "\(sentence). Try: \(remedy)" }

  /// Something that is needed is not there.
  package var exitCode: ExitCode {
    switch kind {
    case .notInstalled, .noCompose, .oldCompose, .notRunning, .notAllowed, .hangs, .noImage, .registry: .missing
    default: .failed
    }
  }
}

extension DockerProblem {
  package static let notInstalled = DockerProblem(
    .notInstalled, "Docker is not installed here, and the compose runner needs it",
    remedy: "curl -fsSL https://get.docker.com | sudo sh (or write `runner: native` into leanto.yaml)")

  static let noCompose = DockerProblem(
    .noCompose, "Docker is here, but its Compose plugin is not",
    remedy: "sudo apt-get install docker-compose-plugin (see https://docs.docker.com/compose/install/linux/)")

  static func oldCompose(_ version: String) -> DockerProblem {
    DockerProblem(
      .oldCompose, "Docker Compose \(version) is too old: 2.30 or later is needed",
      remedy: "sudo apt-get install --only-upgrade docker-compose-plugin")
  }

  static func hangs(_ seconds: Int) -> DockerProblem {
    DockerProblem(.hangs, "Docker did not answer within \(seconds) seconds", remedy: "sudo systemctl restart docker")
  }

  /// Docker says what went wrong in text only. `errors`: what it printed to standard error.
  package init(errors: String, portHolder: (UInt16) -> String? = { _ in nil }) {
    let lines = errors.split(whereSeparator: \.isNewline).map(String.init)
    let text = lines.joined(separator: "\n")
    self =
      Self.daemon(text) ?? Self.resources(text, portHolder) ?? Self.images(text) ?? Self.containers(text) ?? Self.other(lines)
    containers = Self.names(text)
  }

  private static func daemon(_ text: String) -> DockerProblem? {
    if text.contains("permission denied while trying to connect") {
      return DockerProblem(
        .notAllowed, "this user may not talk to Docker", remedy: "sudo usermod -aG docker $USER, then sign out and in again")
    }
    let signs = ["Cannot connect to the Docker daemon", "failed to connect to the docker API", "Is the docker daemon running"]
    if signs.contains(where: text.contains) {
      return DockerProblem(.notRunning, "Docker does not run", remedy: "sudo systemctl start docker")
    }
    let plugin = ["'compose' is not a docker command", "unknown command: docker compose", "unknown shorthand flag: 'f' in -f"]
    return plugin.contains(where: text.contains) ? noCompose : nil
  }

  private static func resources(_ text: String, _ portHolder: (UInt16) -> String?) -> DockerProblem? {
    if text.contains("port is already allocated") || text.contains("address already in use") {
      let port = text.firstMatch(of: #/:(\d{1,5})(?: failed)?: (?:port is already|bind: address already)/#).flatMap {
        UInt16($0.1)
      }
      let who = port.flatMap(portHolder) ?? "something else"
      return DockerProblem(
        .portTaken, port.map { "port \($0) is taken by \(who)" } ?? "a port is taken by \(who)",
        remedy: port.map { "ss -ltnp 'sport = :\($0)'; stop that program, then: leanto up" } ?? "leanto up")
    }
    if text.contains("no space left on device") || text.contains("disk quota exceeded") {
      return DockerProblem(
        .noSpace, "there is no space left on Docker's disk", remedy: "docker system df, then: docker image prune --all")
    }
    if text.contains("Pool overlaps with other one") {
      return DockerProblem(
        .networkTaken, "the stack's network has addresses of another one; others are chosen when its file is gone",
        remedy: "docker network ls, or: rm compose/choices.json, then: leanto up")
    }
    return nil
  }

  private static func images(_ text: String) -> DockerProblem? {
    let missing = ["manifest unknown", "pull access denied", "No such image", "repository does not exist", "manifest for "]
    if missing.contains(where: text.contains) {
      let name =
        text.firstMatch(of: #/(?:No such image: |manifest for |pull access denied for )([^\s,]+)/#).map { " \($0.1)" } ?? ""
      return DockerProblem(
        .noImage, "there is no image\(name), or it is not for everybody; is its version right?",
        remedy: "correct `version` or `image` in leanto.yaml, or: docker login")
    }
    if text.contains("toomanyrequests") {
      return DockerProblem(.registry, "the registry lets this address fetch no more images for now", remedy: "docker login")
    }
    let network = ["no such host", "TLS handshake timeout", "i/o timeout", "connection refused", "network is unreachable"]
    if text.contains("/v2/"), network.contains(where: text.contains) {
      let host = text.firstMatch(of: #/https?:\/\/([^\/"]+)\/v2\//#).map { " \($0.1)" } ?? ""
      return DockerProblem(
        .registry, "the registry\(host) cannot be reached, so the image cannot be fetched", remedy: "leanto up")
    }
    return nil
  }

  private static func containers(_ text: String) -> DockerProblem? {
    if let match = text.firstMatch(of: #/container (\S+) is unhealthy/#) {
      return DockerProblem(.unhealthy, "\(match.1) does not become healthy", remedy: "leanto logs")
    }
    if let match = text.firstMatch(of: #/container (\S+) exited \((\d+)\)/#) {
      return DockerProblem(.ended, "\(match.1) ended with status \(match.2)", remedy: "leanto logs")
    }
    if text.contains("application not healthy after") {
      return DockerProblem(.unhealthy, "not every container became healthy in time", remedy: "leanto status")
    }
    if text.contains("is already in use by container") {
      return DockerProblem(.nameTaken, "a container of that name is left over", remedy: "docker ps --all, then: docker rm NAME")
    }
    if let match = text.firstMatch(of: #/bind source path does not exist: (\S+)/#) {
      return DockerProblem(.mount, "\(match.1) is not there, and a container wants it", remedy: "mkdir -p \(match.1)")
    }
    if let match = text.firstMatch(of: #/exec: "([^"]+)": (?:executable file not found|stat|permission denied)/#) {
      return DockerProblem(.command, "the image has no program \(match.1)", remedy: "correct `command` in leanto.yaml")
    }
    return nil
  }

  /// The last line is what ended it.
  private static func other(_ lines: [String]) -> DockerProblem {
    let line = lines.last { !$0.allSatisfy(\.isWhitespace) && !$0.hasPrefix("Run 'docker") } ?? "it did not say why"
    let prefix = "Error response from daemon: "
    return DockerProblem(.other, "Docker says: \(line.hasPrefix(prefix) ? String(line.dropFirst(prefix.count)) : line)")
  }

  private static func names(_ text: String) -> [String] {
    text.matches(of: #/[Cc]ontainer (\S+) (?:is unhealthy|exited|Error)/#).map { String($0.1) }
  }
}
