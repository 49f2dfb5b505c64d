import Model

/// The leanto.yaml that `init` writes.
enum InitialSettings {
  static func text(_ plan: InitPlan) -> String {
    [head(plan), gateway(plan), llm(plan), services(plan)].joined(separator: "\n")
  }

  private static func head(_ plan: InitPlan) -> String {
    """
    # All that this stack is, apart from its secrets (in secrets/).
    # After a change: leanto check says whether it is right, leanto up applies it.
    # What is not written here has its default.

    \(line("name: \(plan.name)", "names all that belongs to this stack"))
    \(line("runner: \(plan.isDemo ? "native" : "auto")", plan.isDemo ? "services are processes of this machine" : "auto, compose or native"))

    """
  }

  private static func gateway(_ plan: InitPlan) -> String {
    """
    gateway:
    \(line("  engine: \(plan.isDemo ? "builtin" : "auto")", "auto, caddy or builtin"))
    \(line("  local: \(quoted(plan.local.description))", "this machine; asks for a password"))
    \(line("  tunnel: \(quoted(plan.tunnel.description))", "for the tunnel's agent only; asks for a password, always"))

    """
  }

  private static func llm(_ plan: InitPlan) -> String {
    guard let server = plan.modelServer else {
      return "llm:\n" + line("  address: auto", "an Ollama on this machine; or http://host:port") + "\n"
    }
    return """
      llm:
      \(line("  address: \"http://127.0.0.1:\(server.port)\"", "the service model, below"))
      \(line("  api: openai", "ollama or openai"))
        models: [gemma-3-270m]

      """
  }

  private static func services(_ plan: InitPlan) -> String {
    let parts = plan.presets.map(preset) + (plan.modelServer.map { [model($0)] } ?? [])
    return parts.isEmpty ? "services: {}\n" : "services:\n" + parts.joined()
  }

  private static func preset(_ preset: InitPlan.Preset) -> String {
    switch preset {
    case .n8n:
      """
        n8n:
          preset: n8n
          version: 2.41.3
      \(line("    at: /n8n/", "a path on the one address, or a host name of its own"))
      \(line("    public: [webhooks]", "what machines reach without a password"))

      """
    case .flowise:
      """
        flowise:
          preset: flowise
          version: 3.1.4
          at: /
      \(line("    public: [predictions]", "what machines reach without a password"))

      """
    }
  }

  private static func model(_ server: InitPlan.ModelServer) -> String {
    """
      model:
    \(line("    command: [\(quoted(server.path))]", "gets its port as PORT"))
        port: \(server.port)
        at: /model/
        health: { http: /health, status: 200 }

    """
  }

  /// A key with a comment behind it, in one column where the key is short enough.
  private static func line(_ key: String, _ comment: String) -> String {
    key + String(repeating: " ", count: max(2, 36 - key.count)) + "# " + comment
  }

  /// In double quotes, unless it means the same without (YAML 1.2, section 7.3.3).
  static func quoted(_ text: String) -> String {
    let plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-:"
    let isPlain = text.first.map { $0 == "/" || $0.isNumber } == true && text.allSatisfy(plain.contains) && !text.hasSuffix(":")
    if isPlain { return text }
    let escaped = text.unicodeScalars.map { scalar -> String in
      if scalar == "\"" || scalar == "\\" { return "\\" + String(scalar) }
      return scalar.value < 0x20 || scalar.value == 0x7F ? "\\x" + hex(scalar.value) : String(scalar)
    }
    return "\"" + escaped.joined() + "\""
  }

  private static func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return digits.count < 2 ? "0" + digits : digits
  }
}
