internal import Glibc
package import Model

extension Supervisor {
  /// Finds what an earlier daemon left running. The next `apply` goes on with what is still wanted as it is, and ends the rest.
  package func adopt() async {
    for record in ProcessRecords.load(from: directory.processes) {
      let group = Self.group(record)
      if !group.members().isEmpty { leftovers[record.name] = record }
    }
  }

  /// Whether an earlier daemon left `name` running, and no `apply` has seen it yet.
  package func hasLeftover(_ name: String) -> Bool { leftovers[name] != nil }

  /// Asks what an earlier daemon left running under `name` to end; the next `apply` sees to it that it does. False: there is none.
  package func askLeftoverToEnd(_ name: String) -> Bool {
    guard let record = leftovers[name] else { return false }
    Self.group(record).send(SIGTERM)
    return true
  }

  /// Brings what runs in line with `services`, touching only what changed, and returns lines for people that say what was done.
  /// What is no longer wanted has ended when this returns, if `run` is at work (it does the waiting; before that the end was only
  /// begun); what is new was started or waits: see `statuses`.
  package func apply(_ services: [NativeService]) async -> [String] {
    order = services.map(\.name)
    let removed = slots.filter { $0.value.isWanted && !order.contains($0.key) }.map(\.key)
    for name in removed { slots[name]?.isWanted = false }
    let unwanted = leftovers.keys.filter { !order.contains($0) }
    for name in unwanted { addLeftover(name) }
    let changes = services.compactMap { service in change(service).map { (service.name, $0) } }
    settle()
    let leaving = removed + unwanted
    if isRunning { await until { supervisor in leaving.allSatisfy { supervisor.slots[$0]?.isWanted ?? true } } }
    return leaving.sorted().map { "stopped \($0)" } + changes.map { name, change in line(name, change) }
  }

  /// For `leanto down` where no daemon runs: ends what a killed one left, and gives the names. Not while `run` does.
  package func endLeftovers() async -> [String] {
    await adopt()
    let names = leftovers.keys.sorted()
    guard !names.isEmpty else { return [] }
    _ = await apply([])
    await stopAll()
    return names
  }

  enum Change {
    case added, adopted(process: Int32), restarted([String]), adjusted
    /// Something of an earlier daemon under this name is ended first.
    case leftoverReplaced
  }

  /// Nil: nothing changed.
  private func change(_ service: NativeService) -> Change? {
    let name = service.name
    guard let slot = slots[name] else { return add(service) }
    guard slot.isWanted, slot.service.isProcess, service.isProcess else { return replace(name, with: service) }
    guard slot.service != service else { return nil }
    let reasons = service.reasonsToRestart(from: slot.service)
    let isWatchedOtherwise = slot.service.health != service.health || slot.service.address != service.address
    slots[name]?.service = service
    let stopSeconds = slots[name]?.stopSeconds ?? 10
    slots[name]?.machine.stopTime = timing.stopTime ?? .seconds(stopSeconds)
    if !reasons.isEmpty {
      feed(name, .restartRequested)
      return .restarted(reasons)
    }
    if isWatchedOtherwise, case .running = slot.machine.phase { beginWatch(name) }
    return .adjusted
  }

  private func replace(_ name: String, with service: NativeService) -> Change? {
    let isUnchanged = slots[name]?.isWanted == true && slots[name]?.service == service
    if isUnchanged { return nil }
    slots[name]?.isWanted = false
    slots[name]?.successor = service
    return .added
  }

  @discardableResult
  func add(_ service: NativeService) -> Change {
    let name = service.name
    if !service.isProcess, leftovers[name] != nil {
      addLeftover(name)
      slots[name]?.successor = service
      return .leftoverReplaced
    }
    switch service.kind {
    case .address, .container:
      slots[name] = newSlot(service)
      carryOut(slots[name]?.machine.watchElsewhere() ?? [], name)
    case .missing(let command, let remedy):
      slots[name] = newSlot(service)
      slots[name]?.machine.miss(command, remedy)
    case .process(let plan):
      if let record = leftovers[name], record.planHash == plan.hash, let change = goOn(with: record, as: service) {
        return change
      }
      let isLeftover = leftovers[name] != nil
      if isLeftover { addLeftover(name) }
      if slots[name] == nil { slots[name] = newSlot(service) }
      slots[name]?.service = service
      slots[name]?.isWanted = true
      feed(name, .wanted)
      return isLeftover ? .leftoverReplaced : .added
    }
    return .added
  }

  /// Nil: its first process has ended.
  private func goOn(with record: ProcessRecord, as service: NativeService) -> Change? {
    let group = Self.group(record)
    guard group.leaderRuns else { return nil }
    leftovers[service.name] = nil
    var slot = newSlot(service)
    slot.group = group
    slot.planHash = record.planHash
    slots[service.name] = slot
    openOutput(service.name)
    feed(service.name, .adopted(process: group.leader))
    watchEnd(of: group, service.name)
    return .adopted(process: group.leader)
  }

  /// A place for what an earlier daemon left running and that must not go on.
  func addLeftover(_ name: String) {
    guard let record = leftovers.removeValue(forKey: name) else { return }
    let group = Self.group(record)
    let plan = ProcessPlan(command: [], directory: directory.path, stopSeconds: record.stopSeconds)
    var slot = newSlot(NativeService(name: name, kind: .process(plan), address: nil, health: .none))
    slot.isWanted = false
    slot.group = group
    slot.planHash = record.planHash
    slots[name] = slot
    openOutput(name)
    feed(name, .leftoverFound(process: group.leaderRuns ? group.leader : 0))
    watchEnd(of: group, name)
  }

  private func newSlot(_ service: NativeService) -> SupervisorSlot {
    var slot = SupervisorSlot(service: service, machine: ServiceMachine(backOff: timing.backOff), since: wallClock())
    slot.machine.stopTime = timing.stopTime ?? .seconds(slot.stopSeconds)
    return slot
  }

  private static func group(_ record: ProcessRecord) -> ProcessGroup {
    ProcessGroup(leader: record.processIdentifier, startTime: record.startTime, run: record.run, isChild: false)
  }

  private func line(_ name: String, _ change: Change) -> String {
    let status = slots[name]?.status
    let reason = status?.message ?? ""
    switch (change, status?.state) {
    case (.restarted(let reasons), _): return "restarted \(name): \(reasons.joined(separator: ", ")) changed"
    case (.adjusted, _): return "changed \(name), which needed no restart"
    case (.adopted(let process), _): return "went on with \(name), which was running (process \(process))"
    case (.leftoverReplaced, _): return "replaces \(name), which an earlier daemon left running otherwise"
    case (.added, _) where slots[name]?.successor != nil: return "replaces \(name), which ends first"
    case (.added, .waiting): return "\(name) starts later: it \(reason)"
    case (.added, .missing), (.added, .backingOff): return "\(name) could not be started: \(reason)"
    case (.added, _) where slots[name]?.service.isContainer == true: return "\(name) runs in a container"
    case (.added, _) where slots[name]?.service.isProcess == false: return "watches \(name) at \(status?.address ?? "")"
    case (.added, _): return "started \(name)"
    }
  }
}

extension NativeService {
  var isProcess: Bool { if case .process = kind { true } else { false } }
  var isContainer: Bool { if case .container = kind { true } else { false } }
}

/// Seconds since 1970, for people only: no wait is measured by it.
func wallClock() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_REALTIME, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Since the machine started, without the time that it slept.
func monotonicClock() -> Duration {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
