package import Model

extension StackPlan {
  /// What is written when this plan is carried out, but for what the services write themselves.
  package var files: [RenderedFile] {
    let caddyfile = caddy.map { [RenderedFile(path: "run/Caddyfile", text: $0.file, mode: 0o600)] } ?? []
    return (compose?.files ?? []) + caddyfile
  }

  /// What carrying out `new` would change. `old`: what runs; nil: nothing does. `onDisk`: the text of a rendered file, by its path.
  package static func preview(from old: StackPlan?, to new: StackPlan, onDisk: (String) -> String?) -> PlanReport {
    let hidden = new.hiddenVariables.values.reduce(into: Set<String>()) { $0.formUnion($1) }
    let files = new.files.compactMap { FileComparison(file: $0, onDisk: onDisk($0.path), hidden: hidden).change }
    return PlanReport(files: files, services: StackComparison(old: old, new: new).services, warnings: new.warnings)
  }
}

/// Service by service.
private struct StackComparison {
  let old: StackPlan?
  let new: StackPlan

  var services: [PlanReport.Service] {
    let kept = new.services.map(change)
    let names = Set(new.services.map(\.name))
    let removed = (old?.services ?? []).filter { !names.contains($0.name) }.map {
      PlanReport.Service(name: $0.name, action: .remove)
    }
    return kept + removed + (new.caddy == nil ? [gateway] : [])
  }

  private func change(_ service: NativeService) -> PlanReport.Service {
    guard let before = old?.services.first(where: { $0.name == service.name }) else {
      return PlanReport.Service(name: service.name, action: .create)
    }
    if let container = new.container(service.name), let earlier = old?.container(service.name) {
      let reasons = container.reasonsToRecreate(from: earlier, new.compose, old?.compose)
      return PlanReport.Service(name: service.name, action: reasons.isEmpty ? .nothing : .recreate, reasons: reasons)
    }
    if service.name == CaddyPlan.serviceName, new.caddy?.file != old?.caddy?.file, before.kind == service.kind {
      return PlanReport.Service(name: service.name, action: .reload, reasons: ["run/Caddyfile"])
    }
    let reasons = ServiceComparison(old: before, new: service).lines
    return PlanReport.Service(name: service.name, action: reasons.isEmpty ? .nothing : .restart, reasons: reasons)
  }

  /// The built-in engine, which changes while it runs.
  private var gateway: PlanReport.Service {
    guard let old else { return PlanReport.Service(name: "gateway", action: .create) }
    let difference = StackPlan.difference(from: old, to: new)
    let reasons = (difference.listenersChanged ? ["listeners"] : []) + (difference.routesChanged ? ["routes"] : [])
    return PlanReport.Service(name: "gateway", action: reasons.isEmpty ? .nothing : .reload, reasons: reasons)
  }
}

extension StackPlan {
  func container(_ name: String) -> ContainerSpec? { compose?.containers.first { $0.name == name } }
}

extension ContainerSpec {
  /// Empty: Docker leaves it as it is.
  func reasonsToRecreate(from old: ContainerSpec, _ plan: ComposePlan?, _ oldPlan: ComposePlan?) -> [String] {
    var reasons: [String] = []
    if image != old.image { reasons.append("image \(old.image) -> \(image)") }
    if image == old.image, plan?.lock.digests[image] != oldPlan?.lock.digests[image], oldPlan?.lock.digests[image] != nil {
      reasons.append("digest of \(image)")
    }
    let names = changedVariables(from: old)
    if !names.isEmpty { reasons.append("environment: \(names.joined(separator: ", "))") }
    let secrets = secretFiles.map(\.name).filter { plan?.secrets[$0] != oldPlan?.secrets[$0] }
    if secretFiles != old.secretFiles || !secrets.isEmpty {
      reasons.append("secrets: \(secretFiles.map(\.name).joined(separator: ", "))")
    }
    return reasons + settingReasons(old) + (isSameNetwork(plan, oldPlan) ? [] : ["network"])
  }

  private func isSameNetwork(_ plan: ComposePlan?, _ oldPlan: ComposePlan?) -> Bool {
    plan?.network == oldPlan?.network && plan?.reachesMachineByNetwork == oldPlan?.reachesMachineByNetwork
  }

  private func changedVariables(from old: ContainerSpec) -> [String] {
    let (mine, earlier) = (environment.merging(hiddenEnvironment) { $1 }, old.environment.merging(old.hiddenEnvironment) { $1 })
    return Set(mine.keys).union(earlier.keys).filter { mine[$0] != earlier[$0] }.sorted()
  }

  private func settingReasons(_ old: ContainerSpec) -> [String] {
    let facts: [(isSame: Bool, words: String)] = [
      (command == old.command, "command"), (user == old.user, "user"),
      (hostPort == old.hostPort && port == old.port, "port"), (volumes == old.volumes, "volumes"),
      (temporary == old.temporary && isReadOnly == old.isReadOnly, "what it may write"),
      (memory == old.memory && cpus == old.cpus && processes == old.processes, "limits"), (health == old.health, "health check"),
      (after == old.after, "what it starts after"), (stopSeconds == old.stopSeconds, "time to stop"),
      (dropsCapabilities == old.dropsCapabilities && needsInit == old.needsInit, "hardening"),
    ]
    return facts.filter { !$0.isSame }.map(\.words)
  }
}
