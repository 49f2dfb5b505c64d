import Settings

extension FlowisePreset {
  var secretVariables: Set<String> { ["FLOWISE_SECRETKEY_OVERWRITE"] }

  /// NODE_ENV stays unset: `production` makes every cookie Secure, and over plain http nobody could sign in.
  func environment(_ context: PresetContext) -> [String: String] {
    [
      "HOST": "127.0.0.1",
      "PORT": "\(context.port)",
      "DATABASE_PATH": context.data,
      // Also the session secrets, which Flowise writes readable for all: the folder is not.
      "SECRETKEY_PATH": context.data,
      "LOG_PATH": context.data + "/logs",
      "BLOB_STORAGE_PATH": context.data + "/storage",
      // Among the stack's secrets, so that no backup is without it: a lost key empties all credentials without a word.
      "FLOWISE_SECRETKEY_OVERWRITE": context.secrets["\(context.service)-encryption-key"] ?? "",
      // With https here every cookie is Secure.
      "APP_URL": String(context.url.dropLast()),
      // The gateway replaces X-Forwarded-For by one entry. Unset, Flowise believes whatever a caller wrote first.
      "TRUST_PROXY": "1",
      // The check refuses every private address, and with it an Ollama on this machine. Clouds' metadata stays refused.
      "HTTP_SECURITY_CHECK": "false",
      "HTTP_DENY_LIST": "169.254.0.0/16,fd00:ec2::254",
      "DISABLE_FLOWISE_TELEMETRY": "true",
    ].merging(context.timeZone.map { ["TZ": $0] } ?? [:]) { $1 }
  }
}
