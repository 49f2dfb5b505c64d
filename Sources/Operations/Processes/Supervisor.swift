internal import Glibc
package import Logging
package import Model

/// Runs the native services of a stack: starts them in the order of their dependencies, starts them again when they end, stops
/// them whole, and finds again what an earlier daemon left running.
///
/// What to do is decided by `ServiceMachine`; this actor carries it out. Its functions only begin things; `run` is where
/// everything that takes time happens, in tasks of its own.
package actor Supervisor {
  let directory: StackDirectory
  let health: @Sendable (HealthQuestion) async -> HealthReport
  let stateChanged: @Sendable () -> Void
  let logger: Logger
  let timing: Timing
  let ownsOrphans: Bool
  let mailbox = Mailbox<SupervisorEvent>()
  let reactor: Reactor

  var slots: [String: SupervisorSlot] = [:]
  var order: [String] = []
  /// Processes of an earlier daemon that no `apply` has seen yet.
  var leftovers: [String: ProcessRecord] = [:]
  /// What even SIGKILL did not end: recorded for the next daemon.
  var abandoned: [ProcessRecord] = []
  var lastWatch = 0
  /// Whether `run` is at work.
  package private(set) var isRunning = false
  private var hasRun = false
  private var waiting: [(isOver: (isolated Supervisor) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []

  /// `health` watches: it is asked again and again while a service runs. `ownsOrphans`: makes the whole process the parent of
  /// what its services leave behind (PR_SET_CHILD_SUBREAPER), to end and reap it; for a daemon, whose children all come from
  /// `Operations`. `stateChanged`: called whenever a service changed its state.
  package init(
    directory: StackDirectory, logger: Logger, timing: Timing = Timing(), ownsOrphans: Bool = false,
    stateChanged: @escaping @Sendable () -> Void = {},
    health: @escaping @Sendable (HealthQuestion) async -> HealthReport
  ) {
    guard let reactor = Reactor() else { fatalError("no file descriptors are left at the start of the daemon (see ulimit -n)") }
    self.directory = directory
    self.logger = logger
    self.timing = timing
    self.ownsOrphans = ownsOrphans
    self.health = health
    self.stateChanged = stateChanged
    self.reactor = reactor
  }

  /// In the order of the settings; what is being stopped comes last.
  package var statuses: [ServiceStatus] {
    (order + slots.keys.filter { !order.contains($0) }.sorted()).compactMap { slots[$0]?.status }
  }

  /// Works until `stopAll` is done. Cancelled, it leaves every process running, for a later daemon to adopt.
  package func run() async {
    guard !isRunning else { return }
    isRunning = true
    begin()
    await withDiscardingTaskGroup { group in
      var goesOn = true
      while goesOn {
        let events = await mailbox.next()
        goesOn = !events.isEmpty
        for event in events where !carryOut(event, in: &group) { goesOn = false }
        settle()
      }
      group.cancelAll()
    }
    reactor.stop()
    isRunning = false
    for waiter in waiting { waiter.continuation.resume() }
    waiting = []
  }

  /// Returns false for the last event of all.
  private func carryOut(_ event: SupervisorEvent, in group: inout DiscardingTaskGroup) -> Bool {
    switch event {
    case .finished: return false
    case .later(let time, let event):
      group.addTask { [timing, mailbox] in
        if (try? await timing.sleep(time)) != nil { mailbox.send(event) }
      }
    case .ask(let name, let watch, let question):
      group.addTask { [health, mailbox] in
        let report = await health(question)
        mailbox.send(.health(name, watch: watch, report))
      }
    default: handle(event)
    }
    return true
  }

  private func begin() {
    if ownsOrphans, Orphans.adoptThem() { mailbox.send(.orphansDue) }
    reactor.start()
    // The waits of an earlier run are gone with it: nothing that was being ended gets more time.
    if hasRun {
      for (name, slot) in slots where slot.machine.isEnding {
        slot.group?.send(SIGKILL)
        checkGroup(name, look: 0)
      }
    }
    hasRun = true
  }

  /// Stops everything, dependents before what they depend on, and returns when no process of any service is left. Then `run`
  /// returns too.
  package func stopAll() async {
    guard isRunning else {
      async let work: Void = run()
      await stopEverything()
      return await work
    }
    await stopEverything()
  }

  /// Whoever asks twice has no patience: what is ending is killed, what is still to end has no time for it.
  package func hurry() {
    for name in slots.keys { carryOut(slots[name]?.machine.hurry() ?? [], name) }
  }

  private func stopEverything() async {
    order = []
    for name in leftovers.keys { addLeftover(name) }
    for name in slots.keys {
      slots[name]?.isWanted = false
      slots[name]?.successor = nil
    }
    settle()
    await until { $0.slots.isEmpty }
    if ownsOrphans { await endOrphans() }
    mailbox.send(.finished)
  }

  /// Ends a service and starts it again. False: there is no process of that name to restart. Returns when the new one was started
  /// or, where that is not possible yet, `statuses` says why.
  package func restart(_ name: String) async -> Bool {
    guard let slot = slots[name], slot.isWanted, case .process = slot.service.kind else { return false }
    feed(name, .restartRequested)
    settle()
    if isRunning { await until { $0.slots[name]?.machine.isEnding != true } }
    return true
  }

  /// What was known of a container's health is of the time before it was started.
  package func watchAgain(_ name: String) {
    guard let slot = slots[name], slot.isWanted, case .container = slot.service.kind else { return }
    feed(name, .startedElsewhere)
    settle()
  }

  /// Returns when `isOver` holds or `run` has ended.
  func until(_ isOver: @escaping (isolated Supervisor) -> Bool) async {
    if isOver(self) { return }
    await withCheckedContinuation { waiting.append((isOver, $0)) }
  }

  /// What follows from the state of all services together. Called after every change.
  func settle() {
    while startReady() || stopReady() || removeEnded() {}
    var over: [CheckedContinuation<Void, Never>] = []
    waiting.removeAll { waiter in
      guard waiter.isOver(self) else { return false }
      over.append(waiter.continuation)
      return true
    }
    for continuation in over { continuation.resume() }
  }

  private func startReady() -> Bool {
    var hasChanged = false
    for (name, slot) in slots where slot.isWanted && slot.machine.phase == .waiting {
      let awaited = slot.service.after.filter { slots[$0].map { $0.machine.state != .healthy } ?? false }
      feed(name, awaited.isEmpty ? .dependenciesBecameHealthy : .dependenciesAwaited(awaited))
      hasChanged = hasChanged || awaited.isEmpty
    }
    return hasChanged
  }

  private func stopReady() -> Bool {
    let leaving = slots.values.filter { !$0.isWanted && !$0.machine.isAtRest }
    let ready = slots.filter { name, slot in
      slot.mustBeStopped && !leaving.contains { $0.service.name != name && $0.service.after.contains(name) }
    }
    for name in ready.keys { feed(name, .stopRequested) }
    return !ready.isEmpty
  }

  private func removeEnded() -> Bool {
    let over = slots.filter { !$0.value.isWanted && $0.value.machine.isAtRest }
    for (name, slot) in over {
      if let output = slot.output {
        output.pipe.forget(with: reactor, output.token)
        // What the last of its group printed after its first process had ended may not have been moved yet.
        output.pipe.drain()
      }
      slots[name] = nil
      if let successor = slot.successor { add(successor) }
    }
    return !over.isEmpty
  }
}
