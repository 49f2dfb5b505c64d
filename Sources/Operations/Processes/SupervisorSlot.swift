internal import Model

/// All that a supervisor holds of one service.
struct SupervisorSlot {
  struct Watch {
    /// Names the watch that began with the last start; what an older one still reports does not count.
    var number = 0
    var isFirst = true
    var isAsking = false
    var began = Duration.zero
  }

  var service: NativeService
  var machine: ServiceMachine
  var isWanted = true
  /// What takes this place once it is over: another kind of service under the same name.
  var successor: NativeService?
  var group: ProcessGroup?
  /// Those of the group that were seen last. A process on its way out has lost its environment a moment before it is over, and is
  /// known by having been here.
  var members: [ProcessEntry] = []
  var planHash = ""
  var output: (pipe: ServiceOutput, token: UInt64)?
  var watch = Watch()
  var since: Double

  /// Whether it has to be asked to stop before it can be given up.
  var mustBeStopped: Bool { !isWanted && !machine.isAtRest && !machine.isStopping }

  var stopSeconds: Int {
    guard case .process(let plan) = service.kind else { return 10 }
    return plan.stopSeconds
  }

  /// Nil: nothing of it runs.
  var record: ProcessRecord? {
    group.map {
      ProcessRecord(
        name: service.name, processIdentifier: $0.leader, startTime: $0.startTime, run: $0.run, planHash: planHash,
        stopSeconds: stopSeconds)
    }
  }

  var status: ServiceStatus {
    ServiceStatus(
      name: service.name, state: machine.state, address: service.address?.description ?? "",
      processIdentifier: machine.process, restarts: machine.restarts, since: since, message: machine.message)
  }
}
