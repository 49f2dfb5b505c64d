import Model

/// What must hold so that the tunnel reaches the tunnel listener and nothing else.
struct TunnelChecks {
  let settings: StackSettings
  let reader: SettingsReader

  func run() {
    checkControlSocket()
    guard settings.tunnel.provider != .none else { return }
    checkDomain()
    checkListener()
    checkServices()
  }

  /// Whoever can speak there owns the stack.
  private func checkControlSocket() {
    for service in settings.services {
      guard case .unix(let path)? = service.upstream, path.hasSuffix("run/control.sock") else { continue }
      reader.compare("services.\(service.name).upstream", "should be the service, not leanto's own control socket")
    }
  }

  private func checkDomain() {
    guard settings.tunnel.domain == nil else { return }
    reader.compare(
      "tunnel.domain", with: ["tunnel.provider"],
      "is needed by tunnel.provider: the name that the internet sees, such as lean-example.ngrok-free.app")
  }

  private func checkListener() {
    guard case .unix? = settings.gateway.tunnel, settings.tunnel.provider != .cloudflare else { return }
    let provider = settings.tunnel.provider.rawValue
    reader.compare(
      "gateway.tunnel", with: ["tunnel.provider"], "should be a loopback address and a port: \(provider) reaches no socket")
  }

  private func checkServices() {
    for service in settings.services {
      if service.name == "tunnel" {
        reader.compare("services.tunnel", with: ["tunnel.provider"], "should have another name: the tunnel's agent has this one")
      }
      guard settings.tunnel.provider == .ngrok, case .tcp(let host, 4040)? = service.upstream else { continue }
      guard host == "localhost" || NetworkAddress(host)?.isLoopback == true else { continue }
      reader.compare(
        "services.\(service.name).upstream", with: ["tunnel.provider"],
        "should be the service, not ngrok's own API, which could open the whole machine")
    }
  }
}
