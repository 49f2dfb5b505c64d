import Model
import Settings

/// A folder as a web site, `data/NAME` of the stack: what lies in it is served, and nothing else. By Caddy's file server.
struct SitePreset: Preset {
  let name = "site"
  let version = "2.11"
  let command = ["caddy", "file-server", "--listen", "127.0.0.1:{port}"]
  let port: UInt16 = 8090
  let needsSecondPort = false
  /// The gateway takes the path off; links of the pages have to be relative.
  let livesBelowPath = true
  /// A folder without an index.html is a site too: it answers 404.
  let health = HealthCheck.tcp
  let startSeconds = 60
  let stopSeconds = 10
  let cookies: [String] = []
  let ownLocations: [String] = []
  let assetPaths: [String] = []
  let secretVariables: Set<String> = []

  func remedy(version: String?) -> String {
    "Install Caddy (https://caddyserver.com/docs/install), or use Docker, which brings it along."
  }

  func upgradePaths(open: Set<String>) -> [String] { [] }

  /// Everything in the folder, or nothing of it.
  var publicClasses: [PublicClass] { [PublicClass("all", prefixes: ["/"])] }

  func secrets(service: String) -> [SecretRequirement] { [] }
  func claim(_ context: PresetContext) -> ClaimPlan? { nil }

  /// Caddy keeps nothing of a file server; without these it makes folders at home.
  func environment(_ context: PresetContext) -> [String: String] {
    context.container == nil ? ["XDG_CONFIG_HOME": "/tmp", "XDG_DATA_HOME": "/tmp"] : [:]
  }

  /// The program has a capability in its file, so that it does not start where none may be had (caddy-docker, issue 396).
  func containers(_ context: PresetContext) -> [ContainerSpec] {
    var container = ContainerSpec(
      name: context.service, service: context.service, image: context.image ?? "caddy:\(context.version ?? version)")
    container.command = ["caddy", "file-server", "--listen", ":\(port)", "--root", "/srv"]
    (container.port, container.hostPort) = (port, context.hostPort)
    container.volumes = [.init(source: "data/\(context.service)", target: "/srv", isReadOnly: true)]
    container.temporary = ["/tmp:mode=1777", "/data", "/config"]
    container.isReadOnly = true
    container.memory = 128 << 20
    container.processes = 100
    container.stopSeconds = stopSeconds
    return [container]
  }
}
