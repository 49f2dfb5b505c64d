import FoundationEssentials
import Model
import Settings

/// Flowise, measured on 3.1.4.
struct FlowisePreset: Preset {
  let name = "flowise"
  let version = "3.1.4"
  let command = ["flowise", "start"]
  let port: UInt16 = 3000
  let needsSecondPort = false
  /// Its pages ask for `/assets` and `/api/v1` at the root; there is no setting for another.
  let livesBelowPath = false
  /// `ping` stays 200 with a dead database, and every unknown path is 200 with a page. A flow that does not exist is 404 in these
  /// words only while the database can be read (500 otherwise).
  let health = HealthCheck.http(
    path: "/api/v1/public-chatflows/00000000-0000-4000-8000-000000000000", status: 404, contains: "not found in the database")
  /// 9 to 37 s were measured.
  let startSeconds = 300
  /// Stops in under a second; forces itself after 30 s.
  let stopSeconds = 40
  let cookies = ["connect.sid", "refreshToken", "token"]

  func remedy(version: String?) -> String {
    "Install Node.js 22 or later, then `npm install --global flowise@\(version ?? "3")`; or write `upstream:` for one that runs."
  }

  /// It has no websocket.
  func upgradePaths(open: Set<String>) -> [String] { [] }

  /// 381 files, which it lets nobody keep (`max-age=0`, 3.1.4): each load of the page asks for all that it uses again.
  let assetPaths = ["/assets/"]
  let ownLocations: [String] = []

  func secrets(service: String) -> [SecretRequirement] {
    [
      SecretRequirement(name: "\(service)-encryption-key", kind: .key),
      SecretRequirement(name: "\(service)-owner-password", kind: .password),
    ]
  }

  func claim(_ context: PresetContext) -> ClaimPlan? {
    let secret = "\(context.service)-owner-password"
    return ClaimPlan(
      service: context.service, address: context.address,
      check: .init(method: "POST", path: "/api/v1/auth/resolve", body: Array("{}".utf8)),
      unclaimed: "/organization-setup", claimed: "/signin",
      claim: .init(method: "POST", path: "/api/v1/account/register", body: registration(context.secrets[secret] ?? "")),
      account: OwnerAccount(email: Self.ownerEmail, passwordSecret: secret))
  }

  static let ownerEmail = "owner@leanto.local"

  private func registration(_ password: String) -> [UInt8] {
    let body = ["user": ["name": "Leanto", "email": Self.ownerEmail, "credential": password]]
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(body)).map(Array.init) ?? []
  }
}
