/// What the settings need to know of the presets: which there are, and which classes of public paths each has. What a preset
/// does is not known here.
package struct KnownPresets: Sendable, Hashable {
  /// By the preset's name.
  package var classes: [String: [String]]

  package init(classes: [String: [String]]) { self.classes = classes }

  /// n8n 2.41: `webhooks` are /webhook/ and /webhook-waiting/, `forms` /form/ and /form-waiting/, `chat` the hosted chat's
  /// websocket, `mcp` /mcp/. Flowise 3.1: `predictions` are the API of flows, `chatbot` the share page and its files, `webhooks`
  /// and `mcp` the paths of that name below /api/v1/.
  package static let builtIn = KnownPresets(classes: [
    "n8n": ["webhooks", "forms", "chat", "mcp"],
    "flowise": ["predictions", "chatbot", "webhooks", "mcp"],
  ])

  var names: [String] { classes.keys.sorted() }
}
