import Model
import Settings

/// n8n, measured on 2.41.1. The owner by environment needs 2.17 or later.
struct N8NPreset: Preset {
  let name = "n8n"
  let version = "2.41.3"
  let command = ["n8n", "start"]
  let port: UInt16 = 5678
  /// The task broker, 5679 by default, for the runner of Code nodes.
  let needsSecondPort = true
  /// The server keeps its routes at the root, only its pages and links change: the gateway strips the path.
  let livesBelowPath = true
  /// `/healthz` answers before the database is ready, and every unknown path is 200 with a page: so readiness, and its body.
  let health = HealthCheck.http(path: "/healthz/readiness", status: 200, contains: #"{"status":"ok"}"#)
  /// 14 to 45 s were measured; 95 s on a busy machine.
  let startSeconds = 300
  /// It waits for running executions, 30 s (N8N_GRACEFUL_SHUTDOWN_TIMEOUT).
  let stopSeconds = 40
  let cookies = ["n8n-auth"]

  func remedy(version: String?) -> String {
    "Install Node.js 22 or later, then `npm install --global n8n@\(version ?? "2")`; or write `upstream:` for one that runs."
  }

  /// n8n answers 101 before it checks anything, and leaves the socket of any other path without an answer: only what is used passes.
  func upgradePaths(open: Set<String>) -> [String] {
    ["/rest/push"] + (open.contains("chat") ? ["/chat"] : [])
  }

  /// 457 files, kept for a day (2.41.1).
  let assetPaths = ["/assets/"]
  /// A webhook node may redirect to wherever its workflow says.
  let ownLocations = ["/webhook/"]

  func secrets(service: String) -> [SecretRequirement] {
    [
      SecretRequirement(name: "\(service)-encryption-key", kind: .key),
      SecretRequirement(name: "\(service)-owner-password", kind: .password),
      SecretRequirement(name: "\(service)-owner-hash", kind: .bcrypt(of: "\(service)-owner-password")),
    ]
  }

  /// The owner comes from the environment; what is left is to see that it worked.
  func claim(_ context: PresetContext) -> ClaimPlan? {
    ClaimPlan(
      service: context.service, address: context.address, check: .init(method: "GET", path: "/rest/settings"),
      unclaimed: #""showSetupOnFirstLoad":true"#, claimed: #""showSetupOnFirstLoad":false"#, claim: nil,
      account: OwnerAccount(email: Self.ownerEmail, passwordSecret: "\(context.service)-owner-password"))
  }

  static let ownerEmail = "owner@leanto.local"
}
