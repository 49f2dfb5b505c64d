package struct LLMSettings: Sendable, Hashable {
  package enum API: String, Sendable, CaseIterable { case ollama, openai }
  package enum Expose: String, Sendable, CaseIterable { case off, keys }
  package enum Bridge: String, Sendable, CaseIterable { case auto, on, off }

  /// `http://host:port`; empty: find it.
  package var addresses: [String] = []
  package var api = API.ollama
  package var models: [String] = []
  package var bridge = Bridge.auto
  package var expose = Expose.off
  package var concurrency = 4
  package var queue = 32

  package init() {}
}
