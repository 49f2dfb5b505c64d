import Model
import Settings

/// Langflow, measured on 1.13.0. Whoever may edit flows can run Python in it: the door is not optional.
struct LangflowPreset: Preset {
  let name = "langflow"
  let version = "1.13.0"
  let command = ["langflow", "run", "--host", "127.0.0.1", "--port", "{port}", "--no-open-browser"]
  let port: UInt16 = 7860
  let needsSecondPort = false
  /// LANGFLOW_ROOT_PATH, with the path taken off by the gateway.
  let livesBelowPath = true
  /// Reads the database. Every unknown path outside `/api` is 200 with a page.
  let health = HealthCheck.http(path: "/health_check", status: 200, contains: #""db":"ok""#)
  /// 36 to 129 s were measured.
  let startSeconds = 300
  /// 5 to 11 s were measured.
  let stopSeconds = 30
  let ownLocations: [String] = []
  /// A missing file there is 200 with a page, which nothing may keep.
  let assetPaths: [String] = []

  /// Below a path the names have it as a suffix.
  var cookies: [String] {
    ["access_token_lf", "refresh_token_lf", "apikey_tkn_lflw", "access_token_lf_%2Flangflow", "refresh_token_lf_%2Flangflow"]
  }

  func remedy(version: String?) -> String {
    "Install it: uv pip install langflow==\(version ?? self.version) (1.8 GB); or write `upstream:` for one that runs."
  }

  /// Its pages use no websocket.
  func upgradePaths(open: Set<String>) -> [String] { [] }

  /// All but `share` ask for a key of Langflow's own (x-api-key).
  var publicClasses: [PublicClass] {
    [
      PublicClass("run", prefixes: ["/api/v1/run/"], exact: ["/api/v1/responses"]),
      PublicClass("webhooks", prefixes: ["/api/v1/webhook/"]),
      PublicClass("mcp", prefixes: ["/api/v1/mcp/"]),
      PublicClass(
        "share", prefixes: ["/playground/", "/assets/", "/api/v1/build_public_tmp/", "/api/v1/flows/public_flow/"],
        exact: ["/api/v1/config", "/api/v1/session"]),
    ]
  }

  func secrets(service: String) -> [SecretRequirement] {
    [
      SecretRequirement(name: "\(service)-secret-key", kind: .key),
      SecretRequirement(name: "\(service)-owner-password", kind: .password),
    ]
  }

  var secretVariables: Set<String> { ["LANGFLOW_SECRET_KEY", "LANGFLOW_SUPERUSER_PASSWORD"] }

  func environment(_ context: PresetContext) -> [String: String] {
    let data = context.container == nil ? context.data : Self.containerData
    var all = [
      "LANGFLOW_CONFIG_DIR": data,
      // Otherwise the database lies in the program's own folder, and every update loses all flows.
      "LANGFLOW_SAVE_DB_IN_CONFIG_DIR": "true",
      "LANGFLOW_KNOWLEDGE_BASES_DIR": data + "/knowledge_bases",
      "LANGFLOW_SECRET_KEY": context.secrets["\(context.service)-secret-key"] ?? "",
      "LANGFLOW_SUPERUSER": Self.owner,
      "LANGFLOW_SUPERUSER_PASSWORD": context.secrets["\(context.service)-owner-password"] ?? "",
      // True would let everybody in.
      "LANGFLOW_AUTO_LOGIN": "false",
      // Strangers could fill the table of users.
      "LANGFLOW_ENABLE_SIGNUP": "false",
      "LANGFLOW_CORS_ORIGINS": Self.origin(of: context.url),
      // Five sign-ins a minute for each client, not for all of them together: the gateway replaces X-Forwarded-For.
      "LANGFLOW_RATE_LIMIT_TRUST_PROXY": "true",
      "DO_NOT_TRACK": "true",
      "LANGFLOW_LOG_LEVEL": "info",
    ]
    if let path = context.place?.prefix, path != "/" { all["LANGFLOW_ROOT_PATH"] = String(path.dropLast()) }
    if context.isSecure { all.merge(["LANGFLOW_ACCESS_SECURE": "true", "LANGFLOW_REFRESH_SECURE": "true"]) { $1 } }
    if context.container != nil {
      all["LANGFLOW_HOST"] = "0.0.0.0"
      // A private address, as the model's and the other services' are.
      all["LANGFLOW_SSRF_ALLOWED_HOSTS"] = "host.docker.internal,gateway"
      all["HOME"] = Self.containerData
    }
    return all.merging(context.timeZone.map { ["TZ": $0] } ?? [:]) { $1 }
  }

  static let owner = "owner"
  static let containerData = "/app/langflow"

  /// Without path.
  private static func origin(of url: String) -> String {
    url.split(separator: "/", omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
  }

  /// It does not start without an owner; what is left is to see that nobody is let in without signing in.
  func claim(_ context: PresetContext) -> ClaimPlan? {
    ClaimPlan(
      service: context.service, address: context.address, check: .init(method: "GET", path: "/api/v1/auto_login"),
      unclaimed: #""access_token""#, claimed: #""auto_login":false"#, claim: nil,
      account: OwnerAccount(email: Self.owner, passwordSecret: "\(context.service)-owner-password"))
  }

  /// The image's user is 1000 too, in the group 0, to which its own folders belong.
  func containers(_ context: PresetContext) -> [ContainerSpec] {
    let owner = context.container?.owner ?? ContainerOwner(user: 1000, group: 1000)
    var container = ContainerSpec(
      name: context.service, service: context.service,
      image: context.image ?? "langflowai/langflow:\(context.version ?? version)")
    container.user = "\(owner.user):0"
    let all = environment(context)
    container.environment = all.filter { !secretVariables.contains($0.key) }
    container.hiddenEnvironment = all.filter { secretVariables.contains($0.key) }
    (container.port, container.hostPort) = (port, context.hostPort)
    container.volumes = [.init(source: "data/\(context.service)", target: Self.containerData)]
    container.health = ContainerHealth(
      command: ["curl", "--silent", "--fail", "--max-time", "4", "http://127.0.0.1:\(port)/health_check"],
      startSeconds: startSeconds)
    container.memory = 3072 << 20
    container.stopSeconds = stopSeconds
    return [container]
  }
}
