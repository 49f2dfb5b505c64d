/// What the plan has to know of the machine. Found out by the daemon; here it is only read.
package struct MachineFacts: Sendable, Hashable {
  /// Path of each installed command, by the name that `StackPlan.commands(of:)` asked for. A name that is not here is not installed.
  package var commands: [String: String]
  package var cores: Int
  /// PATH, HOME and TZ of the daemon. TZ may also come from the machine's settings.
  package var environment: [String: String]
  /// `http://host:port` of an Ollama that answers; nil: none does.
  package var ollama: String?
  /// It listens beyond this machine's loopback.
  package var isOllamaWide = false
  /// Why none does, with the command that mends it.
  package var ollamaProblem: String?
  /// Whether `leanto tunnel down` closed the tunnel.
  package var isTunnelClosed = false
  /// Nil: presets and images are not run in containers.
  package var docker: DockerFacts?

  package init(
    commands: [String: String] = [:], cores: Int = 1, environment: [String: String] = [:], ollama: String? = nil,
    docker: DockerFacts? = nil
  ) {
    self.docker = docker
    self.commands = commands
    self.cores = cores
    self.environment = environment
    self.ollama = ollama
  }
}

/// The values that lie in the stack's `secrets/` folder, by file name.
package struct StackSecrets: Sendable {
  /// As the files hold them; line ends at their end do not count.
  package var values: [String: String]

  package init(values: [String: String] = [:]) { self.values = values }

  /// n8n refuses a hash with a line end, and a key with one is another key.
  package subscript(name: String) -> String? {
    guard var value = values[name] else { return nil }
    while value.last?.isNewline == true { value.removeLast() }
    return value
  }
}

/// A secret that a plan needs. The daemon makes those that are missing, once, in the order in which they are listed.
package struct SecretRequirement: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// 32 random bytes as 64 hexadecimal digits.
    case key
    /// 24 random characters with at least one lower-case and one upper-case letter, one digit and one of `-_.!`: what n8n
    /// (8 to 64, digit, upper case) and Flowise (8 to 128, all four kinds) both take.
    case password
    /// A bcrypt hash, cost 10 or more, of the secret of that name. Made again when that one changes.
    case bcrypt(of: String)
  }

  /// The file's name in `secrets/`.
  package var name: String
  package var kind: Kind

  package init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }
}
