import Model

/// What lies between two plans.
package struct PlanDifference: Sendable, Hashable {
  package var added: [String] = []
  package var removed: [String] = []
  /// Services whose process or address is another now: to be restarted.
  package var changed: [String] = []
  package var listenersChanged = false
  package var routesChanged = false
  /// For people, a line a change; empty: nothing to do. No value of a variable is in them.
  package var lines: [String] = []

  package init() {}
}

extension StackPlan {
  /// For people, a line a change; empty: nothing to do.
  package static func changes(from old: StackPlan, to new: StackPlan) -> [String] { difference(from: old, to: new).lines }

  package static func difference(from old: StackPlan, to new: StackPlan) -> PlanDifference {
    var difference = PlanDifference()
    compareServices(old, new, into: &difference)
    compareListeners(old, new, into: &difference)
    compareRoutes(old, new, into: &difference)
    if old.model != new.model { difference.lines.append("model: \(old.modelText) -> \(new.modelText)") }
    if old.gate != new.gate { difference.lines.append("model's gate: \(old.gateText) -> \(new.gateText)") }
    if old.workers != new.workers { difference.lines.append("workers: \(old.workers) -> \(new.workers)") }
    return difference
  }

  private static func compareServices(_ old: StackPlan, _ new: StackPlan, into difference: inout PlanDifference) {
    for service in old.services where !new.services.contains(where: { $0.name == service.name }) {
      difference.removed.append(service.name)
      difference.lines.append("\(service.name): removed")
    }
    for service in new.services {
      guard let before = old.services.first(where: { $0.name == service.name }) else {
        difference.added.append(service.name)
        difference.lines.append("\(service.name): added")
        continue
      }
      let container = new.container(service.name)
      let reasons =
        old.container(service.name).flatMap { container?.reasonsToRecreate(from: $0, new.compose, old.compose) } ?? []
      if before.kind != service.kind || before.address != service.address || !reasons.isEmpty {
        difference.changed.append(service.name)
      }
      let lines = ServiceComparison(old: before, new: service).lines + reasons.map { "another container, because of \($0)" }
      difference.lines += lines.map { "\(service.name): \($0)" }
    }
  }

  private static func compareListeners(_ old: StackPlan, _ new: StackPlan, into difference: inout PlanDifference) {
    difference.listenersChanged = old.listeners != new.listeners
    for kind in ListenerKind.allCases {
      let before = old.listeners.first { $0.kind == kind }?.address.description ?? "off"
      let after = new.listeners.first { $0.kind == kind }?.address.description ?? "off"
      if before != after { difference.lines.append("listener \(kind.rawValue): \(before) -> \(after)") }
    }
  }

  /// A service's own place and its public paths; what follows from the presence of others is not worth a line.
  private static func compareRoutes(_ old: StackPlan, _ new: StackPlan, into difference: inout PlanDifference) {
    difference.routesChanged = old.routes != new.routes
    for route in new.routes where route.service != "leanto" && route.target != .model {
      guard let before = old.routes.first(where: { $0.service == route.service }) else { continue }
      difference.lines += RouteComparison(old: before, new: route).lines.map { "\(route.service): \($0)" }
    }
  }

  private var gateText: String {
    gate.map { gate in
      "\(gate.concurrency) at once, \(gate.queue) wait, \(gate.hosts.map(\.address.description).joined(separator: ", "))"
    } ?? "none"
  }

  private var modelText: String {
    model.map { "\($0.name ?? "the first") at \($0.servers.joined(separator: ", "))" } ?? "none"
  }
}

struct ServiceComparison {
  let old: NativeService
  let new: NativeService

  var lines: [String] {
    var lines = kindLines
    if old.address != new.address { lines.append("address \(text(old.address)) -> \(text(new.address))") }
    if old.health != new.health { lines.append("health: \(new.health.text)") }
    if old.after != new.after {
      lines.append("starts after \(new.after.isEmpty ? "nothing" : new.after.joined(separator: ", "))")
    }
    return lines
  }

  private var kindLines: [String] {
    guard case .process(let before) = old.kind, case .process(let after) = new.kind else {
      return old.kind == new.kind ? [] : ["\(text(old.kind)) -> \(text(new.kind))"]
    }
    var lines: [String] = []
    if before.command != after.command { lines.append("command: \(after.command.joined(separator: " "))") }
    let names = Set(before.environment.keys).union(after.environment.keys)
      .filter { before.environment[$0] != after.environment[$0] }
    if !names.isEmpty { lines.append("environment: \(names.sorted().joined(separator: ", "))") }
    if before.directory != after.directory { lines.append("directory: \(after.directory)") }
    return lines
  }

  private func text(_ address: Address?) -> String { address?.description ?? "none" }

  private func text(_ kind: NativeService.Kind) -> String {
    switch kind {
    case .process: "started here"
    case .address: "runs elsewhere"
    case .container(let image): "container of \(image)"
    case .missing(let command, _): command.isEmpty ? "missing" : "missing (\(command))"
    }
  }
}

private struct RouteComparison {
  let old: Route
  let new: Route

  var lines: [String] {
    var lines: [String] = []
    if place(old) != place(new) { lines.append("moves from \(place(old)) to \(place(new))") }
    lines += new.publicPaths.filter { !old.publicPaths.contains($0) }.map { "opened without sign-in: \($0.path)" }
    lines += old.publicPaths.filter { !new.publicPaths.contains($0) }.map { "closed: \($0.path)" }
    if old.authentication != new.authentication {
      lines.append(new.authentication == .door ? "now behind the door" : "open to this machine and network, without the door")
    }
    return lines
  }

  private func place(_ route: Route) -> String { route.host ?? route.prefix }
}
