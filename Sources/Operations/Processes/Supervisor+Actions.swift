internal import CLinux
internal import Glibc
internal import Logging
internal import Model

extension Supervisor {
  func handle(_ event: SupervisorEvent) {
    switch event {
    case .service(let name, let event): feed(name, event)
    case .processEnded(let name, let process, let end):
      guard slots[name]?.group?.leader == process else { return }
      slots[name]?.output?.pipe.drain()
      feed(name, .ended(end, lastLines: slots[name]?.output?.pipe.lastLines ?? ""))
    case .groupDue(let name, let leader, let look) where slots[name]?.group?.leader == leader: checkGroup(name, look: look)
    case .patienceEnded(let name, let leader) where slots[name]?.group?.leader == leader: abandon(name)
    case .healthDue(let name, let watch): askHealth(name, watch)
    case .health(let name, let watch, let report): take(report, name, watch)
    case .orphansDue:
      Orphans.reap()
      mailbox.send(.later(timing.orphanSweep, .orphansDue))
    default: break
    }
  }

  /// Tells a service's machine what happened and does what it says.
  func feed(_ name: String, _ event: ServiceMachine.Event) {
    guard let before = slots[name]?.machine else { return }
    let actions = slots[name]?.machine.handle(event, at: monotonicClock(), chance: timing.chance()) ?? []
    if let state = slots[name]?.machine.state, state != before.state {
      slots[name]?.since = wallClock()
      tell(name, state, slots[name]?.machine.message ?? "")
      stateChanged()
    }
    carryOut(actions, name)
  }

  func carryOut(_ actions: [ServiceMachine.Action], _ name: String) {
    for action in actions {
      switch action {
      case .start: start(name)
      case .watchHealth: beginWatch(name)
      case .terminateGroup: signal(name, SIGTERM)
      case .killGroup: kill(name)
      case .awaitEmptyGroup: checkGroup(name, look: 0)
      case .wait(let time, let number): mailbox.send(.later(time, .service(name, .timePassed(wait: number))))
      }
    }
  }

  private func tell(_ name: String, _ state: ServiceState, _ message: String) {
    switch state {
    case .unhealthy, .backingOff, .missing:
      logger.warning("a service does not answer", ["service": name, "state": state.rawValue, "reason": message])
    default: logger.info("a service changed its state", ["service": name, "state": state.rawValue])
    }
  }

  // MARK: Start

  private func start(_ name: String) {
    do throws(CannotStart) {
      let process = try launch(name)
      feed(name, .started(process: process))
    } catch {
      feed(name, .couldNotStart(error.description))
    }
  }

  private func launch(_ name: String) throws(CannotStart) -> Int32 {
    guard let service = slots[name]?.service, case .process(let plan) = service.kind else {
      throw CannotStart(description: "cannot start: it is no process")
    }
    if let problem = service.address.flatMap(PortHolder.problem) { throw CannotStart(description: "cannot start: \(problem)") }
    let run = Self.newRun()
    let environment = plan.fullEnvironment(from: ownEnvironment, run: run)
    let path = environment["PATH"] ?? CommandSearch.usualPath
    let program = try CommandSearch.find(plan.command.first ?? "", path: path, directory: plan.directory)
    openOutput(name)
    slots[name]?.output?.pipe.beginAnew()
    // Written down before it exists: a daemon killed between the two finds it by the name of the start.
    slots[name]?.group = ProcessGroup(leader: 0, startTime: 0, run: run, isChild: false)
    slots[name]?.planHash = plan.hash
    record()
    let process: Int32
    do throws(CannotStart) {
      let output = slots[name]?.output?.pipe.endForProcess()
      process = try Spawn.start(
        program, plan.command, environment: environment, directory: plan.directory, output: output)
    } catch {
      slots[name]?.group = nil
      record()
      throw error
    }
    let startTime = ProcessTable.entry(process)?.startTime ?? 0
    let group = ProcessGroup(leader: process, startTime: startTime, run: run, isChild: true)
    slots[name]?.group = group
    slots[name]?.machine.stopTime = timing.stopTime ?? .seconds(plan.stopSeconds)
    record()
    watchEnd(of: group, name)
    return process
  }

  /// 128 random bits in hexadecimal.
  private static func newRun() -> String {
    let numbers = [UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max)]
    return numbers.map { String($0, radix: 16) }.joined(separator: "-")
  }

  /// Where no pipe can be made the service runs all the same, and its output is not kept.
  func openOutput(_ name: String) {
    guard slots[name]?.output == nil else { return }
    do throws(CannotStart) {
      let log = RotatingFile(path: directory.log(service: name))
      let pipe = try ServiceOutput(service: name, pipe: "\(directory.run)/\(name).output", log: log, logger: logger)
      slots[name]?.output = (pipe, pipe.watch(with: reactor))
    } catch {
      logger.warning("the output of a service is not kept", ["service": name, "reason": error.description])
    }
  }

  /// The end of the first process is told by a descriptor that names it, whosever child it is.
  func watchEnd(of group: ProcessGroup, _ name: String) {
    let process = group.leader
    guard process > 1, let descriptor = Descriptor(linux_pidfd_open(process)),
      group.isChild || ProcessTable.entry(process)?.startTime == group.startTime
    else { return mailbox.send(.processEnded(name, process: process, .unseen)) }
    reactor.watch(descriptor) { [mailbox] in
      let end = group.isChild ? Spawn.end(of: process) ?? .unseen : .unseen
      mailbox.send(.processEnded(name, process: process, end))
      return false
    }
  }

  func record() {
    let records = slots.values.compactMap(\.record) + leftovers.values + abandoned
    let problem = ProcessRecords.save(records.sorted { $0.name < $1.name }, to: directory.processes)
    if let problem {
      logger.warning("what runs could not be written down", ["file": directory.processes, "reason": problem])
    }
  }

  // MARK: End

  private func kill(_ name: String) {
    guard let group = slots[name]?.group else { return }
    signal(name, SIGKILL)
    mailbox.send(.later(timing.patience, .patienceEnded(name, leader: group.leader)))
  }

  private func signal(_ name: String, _ number: Int32) {
    let members = slots[name]?.group?.send(number) ?? []
    slots[name]?.members = members
  }

  func checkGroup(_ name: String, look: Int) {
    guard let group = slots[name]?.group else { return }
    let members = group.members()
    guard members.isEmpty, !(slots[name]?.members.contains(where: \.runsStill) ?? false) else {
      if !members.isEmpty { slots[name]?.members = members }
      let wait = timing.groupPoll * min(10, 1 << min(look, 4))
      return mailbox.send(.later(wait, .groupDue(name, leader: group.leader, look: look + 1)))
    }
    if group.isChild { Spawn.reap(group.leader) }
    if ownsOrphans { Orphans.reap() }
    forgetGroup(name)
  }

  private func forgetGroup(_ name: String) {
    slots[name]?.group = nil
    record()
    feed(name, .groupEmptied)
  }

  private func abandon(_ name: String) {
    guard let slot = slots[name], slot.machine.isEnding, let record = slot.record else { return }
    logger.error("a process does not end, not even by SIGKILL", ["service": name, "process": "\(record.processIdentifier)"])
    abandoned.append(record)
    forgetGroup(name)
  }

  /// Ends what services left behind in groups of its own and without their environment, once all services have ended.
  func endOrphans() async {
    let began = monotonicClock()
    while case let orphans = Orphans.reap(), !orphans.isEmpty {
      let time = monotonicClock() - began
      guard time < timing.patience else { break }
      let signal = time < min(.seconds(2), timing.patience * 0.2) ? SIGTERM : SIGKILL
      for orphan in orphans { ProcessGroup.send(signal, to: orphan) }
      guard (try? await timing.sleep(timing.groupPoll)) != nil else { break }
    }
  }

  // MARK: Health

  func beginWatch(_ name: String) {
    lastWatch += 1
    slots[name]?.watch.number = lastWatch
    slots[name]?.watch.isFirst = true
    slots[name]?.watch.began = monotonicClock()
    mailbox.send(.healthDue(name, watch: lastWatch))
  }

  private func askHealth(_ name: String, _ watch: Int) {
    guard let slot = slots[name], slot.watch.number == watch, !slot.watch.isAsking, slot.machine.isWatchable else { return }
    let question = HealthQuestion(
      service: slot.service, isFirst: slot.watch.isFirst, sinceStart: monotonicClock() - slot.watch.began)
    slots[name]?.watch.isFirst = false
    slots[name]?.watch.isAsking = true
    mailbox.send(.ask(name, watch: watch, question))
  }

  private func take(_ report: HealthReport, _ name: String, _ watch: Int) {
    slots[name]?.watch.isAsking = false
    guard let current = slots[name]?.watch.number else { return }
    // A start has come in between: what was asked was about the one before it.
    guard current == watch else { return askHealth(name, current) }
    feed(name, .healthReported(report.health, report.message))
    if let next = report.next { mailbox.send(.later(next, .healthDue(name, watch: watch))) }
  }
}
