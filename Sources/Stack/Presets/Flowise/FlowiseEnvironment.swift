import Settings

extension FlowisePreset {
  var secretVariables: Set<String> { ["FLOWISE_SECRETKEY_OVERWRITE"] }

  /// NODE_ENV stays unset: `production` makes every cookie Secure, and over plain http nobody could sign in.
  func environment(_ context: PresetContext) -> [String: String] {
    places(context).merging([
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
    ]) { $1 }.merging(context.timeZone.map { ["TZ": $0] } ?? [:]) { $1 }
  }

  private func places(_ context: PresetContext) -> [String: String] {
    let data = context.container == nil ? context.data : Self.containerData
    return [
      "HOST": context.container == nil ? "127.0.0.1" : "0.0.0.0",
      "PORT": "\(context.container == nil ? context.port : port)",
      "DATABASE_PATH": data,
      // Also the session secrets, which Flowise writes readable for all: the folder is not.
      "SECRETKEY_PATH": data,
      "LOG_PATH": data + "/logs",
      "BLOB_STORAGE_PATH": data + "/storage",
    ]
  }
}
