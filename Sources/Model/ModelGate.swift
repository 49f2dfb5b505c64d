/// What a model's server speaks.
package enum ModelAPI: String, Sendable, Hashable, Codable {
  /// Ollama's own, and OpenAI's beside it.
  case ollama
  /// OpenAI's alone: llama.cpp, vLLM and others.
  case openai
}

/// One server of models behind the gate.
package struct ModelHost: Sendable, Hashable {
  package var address: Address
  /// What it is told as its host: Ollama on a loopback address takes few names.
  package var hostField: String

  package init(address: Address, api: ModelAPI) {
    self.address = address
    hostField = address.description
    if api == .ollama, case .tcp(_, let port) = address { hostField = "localhost:\(port)" }
  }
}

/// What is known of such a server's state: made by whoever watches it, read by the gate.
package struct ModelHostState: Sendable, Hashable {
  package var isUp: Bool
  /// As the server writes them. Nil: not known.
  package var models: Set<String>?

  package init(isUp: Bool = true, models: Set<String>? = nil) {
    self.isUp = isUp
    self.models = models
  }
}

extension ModelHostState {
  /// Ollama takes `gemma3` for `gemma3:latest`.
  package func has(_ model: String) -> Bool {
    models.map { $0.contains(model) || $0.contains(model + ":latest") } ?? true
  }
}

/// Names of models that a key may use.
package enum ModelNames {
  /// Byte for byte: a server finds one model under many names, and only the written one was allowed.
  package static func contain(_ name: String, _ allowed: Set<String>) -> Bool {
    if allowed.contains(name) { return true }
    return name.hasSuffix(":latest") ? allowed.contains(String(name.dropLast(7))) : allowed.contains(name + ":latest")
  }
}
