extension N8NPreset {
  /// Kept closed whatever is asked for by name: `/webhook-test/`, `/form-test/`, `/mcp-test/`, `/metrics`, `/browser-use`, `/setup`.
  var publicClasses: [PublicClass] {
    [
      PublicClass("webhooks", prefixes: ["/webhook/", "/webhook-waiting/"]),
      // n8n sandboxes its form pages, so a browser sends no credentials when one is submitted: public, or dead.
      PublicClass("forms", prefixes: ["/form/", "/form-waiting/"]),
      // A hosted chat lives at /webhook/<id>/chat: this opens all webhooks too.
      PublicClass("chat", prefixes: ["/webhook/"], exact: ["/chat"]),
      PublicClass("mcp", prefixes: ["/mcp/"]),
      // A provider sends the browser back here; n8n asks for its own session to complete it.
      PublicClass("oauth", exact: ["/rest/oauth1-credential/callback", "/rest/oauth2-credential/callback"]),
      // A signed token in the query.
      PublicClass("files", exact: ["/rest/binary-data/signed"]),
      // Asks for X-N8N-API-KEY itself; its documentation at /api/v1/docs is open to all.
      PublicClass("api", prefixes: ["/api/v1/"]),
    ]
  }
}
