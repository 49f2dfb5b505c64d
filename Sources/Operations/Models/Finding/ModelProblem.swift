/// Why the model's server cannot be used, told apart by what was seen, with what mends it.
package struct ModelProblem: Error, Sendable, Hashable, Codable {
  package enum Cause: String, Sendable, Hashable, Codable, CaseIterable {
    case notInstalled = "not-installed"
    case notRunning = "not-running"
    case loopbackOnly = "loopback-only"
    case firewall
    case wslNetworking = "wsl-networking"
    case noHostGateway = "no-host-gateway"
    case forbidden
    case modelMissing = "model-missing"
    case outOfMemory = "out-of-memory"
    case somethingElse = "something-else"
    case unknownName = "unknown-name"
    case unreachable
  }

  package struct Remedy: Sendable, Hashable, Codable {
    package enum Place: String, Sendable, Hashable, Codable {
      case here, linux, windows, macos, settings
    }

    package var place: Place
    /// To be typed as it is; for `settings`, lines of leanto.yaml.
    package var command: String

    package init(_ place: Place, _ command: String) {
      self.place = place
      self.command = command
    }
  }

  package var cause: Cause
  /// What happened and what it means: a sentence.
  package var sentence: String
  /// The first is the best.
  package var remedies: [Remedy]

  package init(_ cause: Cause, _ sentence: String, _ remedies: [Remedy]) {
    self.cause = cause
    self.sentence = sentence
    self.remedies = remedies
  }
}

extension ModelProblem: CustomStringConvertible {
  /// The sentence and the first remedy.
  package var description: String {
    guard let first = remedies.first else { return sentence }
    return first.place == .settings ? "\(sentence) Write into leanto.yaml: \(first.command)" : "\(sentence) Try: \(first.command)"
  }
}

/// The commands that mend, a place each (Ollama's docs/faq.mdx, linux.mdx, windows.mdx).
enum ModelRemedies {
  typealias Remedy = ModelProblem.Remedy

  static let install = Remedy(.linux, "curl -fsSL https://ollama.com/install.sh | sh")

  static func start(_ facts: HostFacts) -> Remedy {
    Remedy(.linux, facts.hasOllamaUnit ? "sudo systemctl enable --now ollama" : "ollama serve")
  }

  static let startOnWindows = Remedy(.windows, "start \"\" \"%LOCALAPPDATA%\\Programs\\Ollama\\ollama app.exe\"")
  static let startOnMac = Remedy(.macos, "open -a Ollama")
  static let bridge = Remedy(.settings, "llm: { bridge: on }")

  /// A drop-in, as `systemctl edit ollama` makes it.
  static let bindOnLinux = Remedy(
    .linux,
    "sudo mkdir -p /etc/systemd/system/ollama.service.d && printf '[Service]\\nEnvironment=\"OLLAMA_HOST=0.0.0.0:11434\"\\n' | "
      + "sudo tee /etc/systemd/system/ollama.service.d/leanto.conf && sudo systemctl daemon-reload && sudo systemctl restart ollama"
  )
  /// It acts on programs that start afterwards: the tray's Ollama has to be quit and started again.
  static let bindOnWindows = Remedy(
    .windows,
    "setx OLLAMA_HOST \"0.0.0.0:11434\"   (or Ollama's Settings: \"Expose Ollama to the network\"; then quit Ollama in the tray and start it)"
  )
  static let bindOnMac = Remedy(
    .macos, "launchctl setenv OLLAMA_HOST 0.0.0.0:11434 && osascript -e 'quit app \"Ollama\"' && open -a Ollama")
  static let bindAnywhere = [bindOnLinux, bindOnWindows, bindOnMac]

  /// `network`: whom to let in, never everybody.
  static func allowOnWindows(_ network: String, port: UInt16) -> Remedy {
    Remedy(
      .windows,
      "New-NetFirewallRule -DisplayName \"Ollama for WSL and Docker\" -Direction Inbound -Protocol TCP -LocalPort \(port) "
        + "-RemoteAddress \(network) -Action Allow   (in PowerShell as administrator)")
  }

  static func allowOnLinux(_ network: String, port: UInt16) -> [Remedy] {
    [
      Remedy(.linux, "sudo ufw allow from \(network) to any port \(port) proto tcp"),
      Remedy(.linux, "sudo iptables -I INPUT -s \(network) -p tcp --dport \(port) -j ACCEPT"),
    ]
  }

  static let hostGateway = Remedy(
    .settings, "extra_hosts: [\"host.docker.internal:host-gateway\"]   (of a compose file of your own)")

  static let mirrored = Remedy(
    .windows, "put networkingMode=mirrored under [wsl2] in %USERPROFILE%\\.wslconfig, then: wsl --shutdown")

  /// The networks of stacks' containers.
  static let stacks = "10.83.0.0/16"

  /// Networks of WSL's NAT and of Docker's bridges lie in it, and they change with every start.
  static let privateBridges = "172.16.0.0/12"
}
