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

extension LLMSettings: SettingsSection {
  mutating func read(_ section: Section) {
    section.take("address", into: &addresses, .llmAddresses)
    section.take("api", into: &api, .choice)
    section.take("models", into: &models, .list(.modelName, of: "models such as gemma3:270m"))
    section.take("bridge", into: &bridge, .choice)
    section.take("expose", into: &expose, .choice)
    section.take("concurrency", into: &concurrency, .count(1...10_000))
    section.take("queue", into: &queue, .count(0...100_000))
  }
}

extension Form where Value == [String] {
  /// `auto`, one address or a list of them.
  fileprivate static var llmAddresses: Form {
    let several = Form.list(.httpOrigin, of: "addresses")
    return Form(expectation: "http://host:port, a list of them or auto") { cursor, expectation in
      if cursor.isWord("auto") { return [] }
      if case .sequence(let items) = cursor.node.value, !items.isEmpty { return several.read(cursor) }
      return Form<String>.httpOrigin.read(cursor, expectation).map { [$0] }
    }
  }
}

extension Form where Value == String {
  fileprivate static var modelName: Form {
    .scalar("a model's name such as gemma3:270m") { text in
      let others = "-._:/@".utf8
      return !text.isEmpty && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || others.contains($0) } ? text : nil
    }
  }
}

/// Where the model's gate is, with `llm.expose: keys`: on the one host name, and as a host of its own on this machine.
package enum ModelGatePlace {
  package static let path = "/llm/"
  package static let host = "ollama.localhost"
  static let all: [ServiceSettings.Place] = [.path(path), .host(host)]
}
