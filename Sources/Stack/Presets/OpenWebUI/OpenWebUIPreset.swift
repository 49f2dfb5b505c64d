import Model
import Settings

/// Open WebUI, measured on 0.12.4. Its pages send an `Authorization: Bearer` of their own, so that only the door's session, and not
/// Basic Auth, lets people through to it.
struct OpenWebUIPreset: Preset {
  let name = "open-webui"
  let version = "0.12.4"
  let command = ["open-webui", "serve", "--host", "127.0.0.1", "--port", "{port}"]
  let port: UInt16 = 8080
  let needsSecondPort = false
  /// Its pages ask for `/_app`, `/static` and `/api` at the root.
  let livesBelowPath = false
  /// Every unknown path is 200 with a page, so the body counts. Reads the database; a HEAD would be answered with the page.
  let health = HealthCheck.http(path: "/ready", status: 200, contains: #"{"status":true}"#)
  /// 26 to 160 s were measured.
  let startSeconds = 300
  /// It waits for open requests, without a limit of its own.
  let stopSeconds = 30
  let cookies = ["token"]
  let ownLocations: [String] = []
  /// Built by Vite, with a hash in each name.
  let assetPaths = ["/_app/immutable/"]

  func remedy(version: String?) -> String {
    "Install it: pip install open-webui==\(version ?? self.version) (7 GB); or write `upstream:` for one that runs."
  }

  /// Without its websocket a chat never answers.
  func upgradePaths(open: Set<String>) -> [String] { ["/ws/socket.io/"] }

  /// `api` asks for its own keys, which `ENABLE_API_KEYS` turns on.
  var publicClasses: [PublicClass] {
    [
      PublicClass(
        "api", prefixes: ["/ollama/", "/openai/"],
        exact: ["/api/chat/completions", "/api/v1/chat/completions", "/api/models", "/api/embeddings", "/api/v1/messages"]),
      PublicClass("webhooks", prefixes: ["/api/v1/channels/webhooks/"]),
      PublicClass("shared", prefixes: ["/s/", "/api/v1/chats/share/", "/_app/", "/static/", "/assets/"], exact: ["/api/config"]),
    ]
  }

  func secrets(service: String) -> [SecretRequirement] {
    [
      SecretRequirement(name: "\(service)-secret-key", kind: .key),
      SecretRequirement(name: "\(service)-owner-password", kind: .password),
    ]
  }

  var secretVariables: Set<String> { ["WEBUI_SECRET_KEY", "WEBUI_ADMIN_PASSWORD"] }

  /// Many of these count at the first start only: they are kept in the database then.
  func environment(_ context: PresetContext) -> [String: String] {
    let origin = String(context.url.dropLast())
    return [
      "ENV": "prod",
      "WEBUI_URL": origin,
      // Unset, any page anywhere may use a person's session.
      "CORS_ALLOW_ORIGIN": origin,
      // Unset, each new container makes one of its own, and signs everybody out.
      "WEBUI_SECRET_KEY": context.secrets["\(context.service)-secret-key"] ?? "",
      "WEBUI_ADMIN_EMAIL": Self.ownerEmail,
      "WEBUI_ADMIN_PASSWORD": context.secrets["\(context.service)-owner-password"] ?? "",
      "ENABLE_SIGNUP": "false",
      "ENABLE_OPENAI_API": "false",
      "OLLAMA_BASE_URL": context.container == nil ? "http://127.0.0.1:11434" : "http://host.docker.internal:11434",
      // It would wait for a model hub at every start.
      "OFFLINE_MODE": "true",
      "WEBUI_SESSION_COOKIE_SECURE": context.isSecure ? "true" : "false",
      "DATA_DIR": context.container == nil ? context.data : Self.containerData,
      "PORT": "\(context.container == nil ? context.port : port)",
    ].merging(Self.quiet) { $1 }.merging(context.timeZone.map { ["TZ": $0] } ?? [:]) { $1 }
  }

  private static let quiet = [
    "ENABLE_VERSION_UPDATE_CHECK": "false", "ENABLE_COMMUNITY_SHARING": "false", "ANONYMIZED_TELEMETRY": "false",
    "DO_NOT_TRACK": "true", "SCARF_NO_ANALYTICS": "true",
  ]

  static let ownerEmail = "owner@leanto.local"
  static let containerData = "/app/backend/data"

  /// The owner comes from the environment; `onboarding` is there only while there is none.
  func claim(_ context: PresetContext) -> ClaimPlan? {
    ClaimPlan(
      service: context.service, address: context.address, check: .init(method: "GET", path: "/api/config"),
      unclaimed: #""onboarding":true"#, claimed: #""enable_signup":false"#, claim: nil,
      account: OwnerAccount(email: Self.ownerEmail, passwordSecret: "\(context.service)-owner-password"))
  }

  /// Not tried otherwise than as root and with a writable root: only what cannot harm is taken away.
  func containers(_ context: PresetContext) -> [ContainerSpec] {
    let image = context.image ?? "ghcr.io/open-webui/open-webui:v\(context.version ?? version)"
    var container = ContainerSpec(name: context.service, service: context.service, image: image)
    let all = environment(context)
    container.environment = all.filter { !secretVariables.contains($0.key) }
    container.hiddenEnvironment = all.filter { secretVariables.contains($0.key) }
    (container.port, container.hostPort) = (port, context.hostPort)
    container.volumes = [.init(source: "data/\(context.service)", target: Self.containerData)]
    container.health = ContainerHealth(
      command: ["curl", "--silent", "--fail", "--max-time", "4", "http://127.0.0.1:\(port)/ready"], startSeconds: startSeconds)
    container.memory = 3072 << 20
    container.stopSeconds = stopSeconds
    return [container]
  }
}
