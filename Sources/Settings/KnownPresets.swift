/// What the settings need to know of the presets: which there are, and which classes of public paths each has. What a preset
/// does, and what each class opens, is `Stack`'s; a test there holds the two lists together.
package struct KnownPresets: Sendable, Hashable {
  /// By the preset's name.
  package var classes: [String: [String]]

  package init(classes: [String: [String]]) { self.classes = classes }

  package static let builtIn = KnownPresets(classes: [
    "n8n": ["webhooks", "forms", "chat", "mcp", "oauth", "files", "api"],
    "open-webui": ["api", "webhooks", "shared"],
    "langflow": ["run", "webhooks", "mcp", "share"],
    "site": ["all"],
    "flowise": ["predictions", "chat", "uploads", "webhooks", "mcp", "executions", "ping"],
  ])

  var names: [String] { classes.keys.sorted() }
}
