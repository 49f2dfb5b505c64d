extension FlowisePreset {
  /// A flow without a key of its own can be run by everyone who knows its id, once `predictions` is open.
  var publicClasses: [PublicClass] {
    [
      PublicClass("predictions", prefixes: ["/api/v1/prediction/"]),
      PublicClass("chat", prefixes: Self.chat + Self.page, exact: Self.chatExact + Self.icons),
      // Taken before any check, of any size, and never removed: anybody can fill the disk.
      PublicClass("uploads", prefixes: ["/api/v1/attachments/"], exact: ["/api/v1/get-upload-file"]),
      PublicClass("webhooks", prefixes: ["/api/v1/webhook/"]),
      PublicClass("mcp", prefixes: ["/api/v1/mcp/"]),
      PublicClass(
        "executions", prefixes: ["/execution/", "/api/v1/public-executions/", "/assets/"],
        exact: ["/api/v1/settings"] + Self.icons),
      PublicClass("ping", exact: ["/api/v1/ping"]),
    ]
  }

  /// What the share page and the embedded widget call.
  private static let chat = [
    "/api/v1/prediction/", "/api/v1/public-chatflows/", "/api/v1/public-chatbotConfig/", "/api/v1/chatflows-streaming/",
    "/api/v1/chatflows-uploads/", "/api/v1/chatmessage/abort/", "/api/v1/feedback/", "/api/v1/leads/", "/api/v1/node-icon/",
    "/api/v1/text-to-speech/",
  ]
  private static let page = ["/chatbot/", "/assets/"]
  /// The share page asks for the settings first; a 401 there opens a password dialog for a stranger.
  private static let chatExact = ["/api/v1/settings", "/api/v1/feedback", "/api/v1/leads"]
  private static let icons = [
    "/favicon.ico", "/favicon-16x16.png", "/favicon-32x32.png", "/logo192.png", "/logo512.png", "/manifest.json",
  ]
}
