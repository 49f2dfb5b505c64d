import Model

/// The parts of a stack as tables: shared by `status` and `up`.
struct StatusText {
  var status: StackStatus
  var style: Style

  /// Where a person opens the front page; nil without a local listener.
  static func frontPage(_ status: StackStatus) -> String? { localURL(status).map { $0 + "/leanto/" } }

  private static func localURL(_ status: StackStatus) -> String? {
    status.listeners.first { $0.kind == .local }.map { "http://\($0.address)" }
  }

  var gateway: String {
    let rows = status.listeners.filter { $0.kind != .control }.map { listener in
      [TextTable.Cell(listener.kind.rawValue), .init(address(of: listener)), .init(purpose(of: listener.kind))]
    }
    return TextTable(header: ["Gateway", "Address", "For"], rows: rows).text(style)
  }

  private func address(of listener: ListenerStatus) -> String {
    listener.kind == .local ? "http://\(listener.address)/leanto/" : listener.address
  }

  private func purpose(of kind: ListenerKind) -> String {
    switch kind {
    case .local: "this machine"
    case .lan: "the local network"
    case .tunnel: "the tunnel's agent only"
    case .internal: "the services themselves"
    case .control: "leanto"
    case .engine: "Caddy"
    }
  }

  var services: String {
    if status.services.isEmpty { return "No services: leanto.yaml names none.\n" }
    let rows = status.services.map { service in
      [
        TextTable.Cell(service.name), .init(service.state.rawValue, Self.colour(of: service.state)),
        .init(address(of: service)), .init(note(on: service)),
      ]
    }
    return TextTable(header: ["Service", "State", "Address", "Note"], rows: rows).text(style)
  }

  /// What Docker tells of them; empty without any.
  var containers: String {
    let rows = status.services.compactMap { service in service.container.map { row(service, $0) } }
    guard !rows.isEmpty else { return "" }
    let images = status.services.compactMap { service in
      service.container.map { [TextTable.Cell(service.name), .init(image($0))] }
    }
    return TextTable(header: ["Container", "State", "Memory", "Ports"], rows: rows).text(style) + "\n"
      + TextTable(header: ["Container", "Image"], rows: images).text(style)
  }

  /// With the first digits of what stands behind its tag.
  private func image(_ container: ContainerStatus) -> String {
    let name = container.image.split(separator: "@").first.map(String.init) ?? ""
    return name + (container.digest.split(separator: ":").last.map { " (\($0.prefix(12)))" } ?? "")
  }

  private func row(_ service: ServiceStatus, _ container: ContainerStatus) -> [TextTable.Cell] {
    let state = [container.state, container.health].filter { !$0.isEmpty }.joined(separator: ", ")
    return [
      TextTable.Cell(service.name), .init(state), .init(memory(container)), .init(container.ports.joined(separator: " ")),
    ]
  }

  private func memory(_ container: ContainerStatus) -> String {
    guard let used = container.memory else { return "" }
    return "\(used >> 20) MiB" + (container.memoryLimit.map { " of \($0 >> 20)" } ?? "")
  }

  private func address(of service: ServiceStatus) -> String {
    guard let local = Self.localURL(status), !service.at.isEmpty else { return service.address }
    return service.at.hasPrefix("/")
      ? local + service.at : "http://" + service.at + (local.split(separator: ":").last.map { ":\($0)" } ?? "")
  }

  private func note(on service: ServiceStatus) -> String {
    let end = service.container?.lastEnd ?? ""
    let restarts = service.restarts == 0 ? "" : service.restarts == 1 ? "restarted once" : "restarted \(service.restarts) times"
    return [service.message, restarts, service.message.contains(end) ? "" : "it \(end)"].filter { !$0.isEmpty }.joined(
      separator: "; ")
  }

  static func colour(of state: ServiceState) -> Style.Colour {
    switch state {
    case .healthy: .green
    case .waiting, .starting, .missing: .yellow
    case .unhealthy, .backingOff, .stopped: .red
    }
  }

  var model: String {
    guard let model = status.model else { return TextBlock.labelled("Model", "none found: leanto doctor says why") }
    let speed = model.tokensPerSecond.map { ", \(Self.rounded($0)) tokens/s" } ?? ""
    let problem = model.problem.map { "; \($0): leanto doctor" } ?? ""
    return TextBlock.labelled("Model", "\(model.name) (\(model.api) at \(model.server))\(speed)\(problem)")
  }

  /// Empty where the settings have none.
  var tunnel: String { status.tunnel.map { TunnelText(tunnel: $0, style: style).brief } ?? "" }

  /// One digit after the point below ten, none from there on.
  static func rounded(_ number: Double) -> String {
    guard number.isFinite, number >= 0, number < 1e9 else { return "?" }
    return number >= 10 ? String(Int(number.rounded())) : String((number * 10).rounded() / 10)
  }

  /// `5 s`, `12 min`, `3 h`, `9 days`.
  static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<120: "\(Int(max(0, seconds))) s"
    case ..<7200: "\(Int(seconds / 60)) min"
    case ..<172_800: "\(Int(seconds / 3600)) h"
    default: "\(Int(seconds / 86400)) days"
    }
  }

  var warnings: String {
    status.warnings.map { TextBlock.labelled("Note", Visible.text($0)) }.joined()
  }

  /// Problems of a settings file that the daemon did not take.
  var settingsProblems: String {
    guard !status.settingsProblems.isEmpty else { return "" }
    let lines = status.settingsProblems.map { "  " + Visible.text($0) + "\n" }
    return "The settings have problems; the daemon goes on with the earlier ones:\n" + lines.joined()
  }
}
