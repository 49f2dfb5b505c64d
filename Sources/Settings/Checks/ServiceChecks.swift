import Model

/// What must hold inside one service.
struct ServiceChecks {
  let service: ServiceSettings
  let reader: SettingsReader

  private func path(_ key: String) -> String { "services.\(service.name).\(key)" }
  private func isWritten(_ key: String) -> Bool { reader.isWritten(path(key)) }

  /// Whether it has a place of its own or takes its preset's.
  private var isRouted: Bool { isWritten("at") || isWritten("preset") }

  func run() {
    checkSource()
    checkUpstream()
    checkPort()
    checkPlace()
  }

  private func checkSource() {
    if !["preset", "upstream", "command", "image"].contains(where: isWritten) {
      reader.compare("services.\(service.name)", "needs one of preset, upstream, command or image")
    }
    if isWritten("version"), !isWritten("preset") {
      reader.compare(path("version"), "belongs to a preset; an image has its version in its name")
    }
    if isWritten("volumes"), !isWritten("image"), !isWritten("preset") {
      reader.compare(path("volumes"), "belongs to a container: to an image or a preset")
    }
  }

  /// What runs already is not started here, so nothing can be said about how.
  private func checkUpstream() {
    guard isWritten("upstream") else { return }
    for key in ["command", "image", "port", "volumes", "environment", "limits"] where isWritten(key) {
      reader.compare(path(key), "cannot go together with upstream, which already runs")
    }
  }

  private func checkPort() {
    guard !["preset", "upstream", "port"].contains(where: isWritten) else { return }
    if isWritten("at"), isWritten("command") || isWritten("image") {
      reader.compare(path("port"), with: [path("at")], "is needed by `at`: the port that the service listens at")
    }
    switch service.health {
    case .http, .tcp: reader.compare(path("health"), "needs the service's port: write `port` too")
    default: break
    }
  }

  private func checkPlace() {
    if case .host = service.at, isWritten("prefix") {
      reader.compare(path("prefix"), with: [path("at")], "belongs to a path at `at`, not to a host name")
    }
    for key in ["prefix", "public", "auth", "echo"] where isWritten(key) && !isRouted {
      reader.compare(path(key), "needs `at`: without it nobody reaches the service through the gateway")
    }
  }
}
