import Settings

extension N8NPreset {
  var secretVariables: Set<String> { ["N8N_ENCRYPTION_KEY", "N8N_INSTANCE_OWNER_PASSWORD_HASH"] }

  func environment(_ context: PresetContext) -> [String: String] {
    (context.container == nil ? listening(context) : listeningInContainer)
      .merging(Self.history) { $1 }
      .merging(addresses(context)) { $1 }
      .merging(owner(context)) { $1 }
      .merging(time(context)) { $1 }
      .merging(Self.quiet) { $1 }
      .merging(Self.deprecations) { $1 }
  }

  private func listening(_ context: PresetContext) -> [String: String] {
    [
      // As in n8n's own image: the origin check of the push channel is on only then.
      "NODE_ENV": "production",
      "N8N_LISTEN_ADDRESS": "127.0.0.1",
      "N8N_PORT": "\(context.port)",
      // Holds `.n8n` and `.cache`.
      "N8N_USER_FOLDER": context.data,
      // Without a container beside it, Code nodes run in a child process. `external` would need n8n's sidecar image.
      "N8N_RUNNERS_MODE": "internal",
      "N8N_RUNNERS_BROKER_LISTEN_ADDRESS": "127.0.0.1",
      "N8N_RUNNERS_BROKER_PORT": "\(context.secondPort)",
      "N8N_GRACEFUL_SHUTDOWN_TIMEOUT": "30",
    ]
  }

  /// Published on loopback; the task broker's port is not, and only the stack's containers reach it.
  private var listeningInContainer: [String: String] {
    [
      "NODE_ENV": "production",
      "N8N_LISTEN_ADDRESS": "0.0.0.0",
      "N8N_PORT": "\(port)",
      // `internal` is deprecated, and Python in Code nodes needs the container beside it.
      "N8N_RUNNERS_MODE": "external",
      "N8N_RUNNERS_BROKER_LISTEN_ADDRESS": "0.0.0.0",
      "N8N_RUNNERS_BROKER_PORT": "\(Self.brokerPort)",
      "N8N_GRACEFUL_SHUTDOWN_TIMEOUT": "30",
      // Community nodes are fetched by npm, which keeps a cache at home, where nothing else may be written.
      "NPM_CONFIG_CACHE": "/home/node/.cache/npm",
    ]
  }

  /// The file never shrinks by itself; a week is what a person looks back at.
  private static let history = [
    "EXECUTIONS_DATA_PRUNE": "true",
    "EXECUTIONS_DATA_MAX_AGE": "168",
    "EXECUTIONS_DATA_PRUNE_MAX_COUNT": "5000",
  ]

  private func addresses(_ context: PresetContext) -> [String: String] {
    [
      "N8N_PATH": context.place?.prefix ?? "/",
      "N8N_EDITOR_BASE_URL": context.url,
      "N8N_WEBHOOK_URL": context.url,
      // The gateway replaces X-Forwarded-For by one entry on every listener. One more, and callers could invent their address.
      "N8N_PROXY_HOPS": "1",
      // Over plain http a browser drops a Secure cookie, and the sign-in page returns for ever.
      "N8N_SECURE_COOKIE": context.isSecure ? "true" : "false",
    ]
  }

  /// Set anew at each start; never unclaimed once ready.
  private func owner(_ context: PresetContext) -> [String: String] {
    [
      "N8N_ENCRYPTION_KEY": context.secrets["\(context.service)-encryption-key"] ?? "",
      "N8N_INSTANCE_OWNER_MANAGED_BY_ENV": "true",
      "N8N_INSTANCE_OWNER_EMAIL": Self.ownerEmail,
      "N8N_INSTANCE_OWNER_FIRST_NAME": "Leanto",
      "N8N_INSTANCE_OWNER_LAST_NAME": "Owner",
      "N8N_INSTANCE_OWNER_PASSWORD_HASH": context.secrets["\(context.service)-owner-hash"] ?? "",
    ]
  }

  /// Unset, n8n takes New York.
  private func time(_ context: PresetContext) -> [String: String] {
    context.timeZone.map { ["GENERIC_TIMEZONE": $0, "TZ": $0] } ?? ["GENERIC_TIMEZONE": "UTC"]
  }

  /// No telemetry, no news, no calls home.
  private static let quiet = [
    "N8N_DIAGNOSTICS_ENABLED": "false",
    "N8N_VERSION_NOTIFICATIONS_ENABLED": "false",
    "N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED": "false",
    "N8N_DYNAMIC_BANNERS_ENABLED": "false",
    "N8N_TEMPLATES_ENABLED": "false",
    "N8N_PERSONALIZATION_ENABLED": "false",
    "N8N_HIRING_BANNER_ENABLED": "false",
    "N8N_DISABLED_MODULES": "mcp-registry",
  ]

  /// Each silences one deprecation at the start by saying what the default is.
  private static let deprecations = [
    "N8N_UNVERIFIED_PACKAGES_ENABLED": "false",
    "N8N_RUNNERS_TASK_TIMEOUT": "300",
    "N8N_COMPRESSION_NODE_MAX_DECOMPRESSED_SIZE_BYTES": "268435456",
    "N8N_COMPRESSION_NODE_MAX_ZIP_ENTRIES": "1000",
  ]
}
