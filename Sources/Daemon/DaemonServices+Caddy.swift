import Gateway
import Logging
import Model
import Operations
import Settings
import Stack

// Caddy in place of the built-in engine: it has the listeners, and the gateway answers its questions.

extension DaemonServices {
  /// What the gateway itself listens at, the control socket left out. With Caddy too it speaks TLS itself: one certificate, one way
  /// to renew it. And it listens for containers: at an address that comes with their network, to nobody else.
  func ownListeners(_ plan: StackPlan) -> [Listener] {
    plan.caddy == nil ? plan.listeners : [engineListener] + plan.listeners.filter { !$0.isForCaddy }
  }

  private var engineListener: Listener {
    Listener(kind: .engine, address: .unix(path: directory.run + "/" + CaddySockets().engine))
  }

  /// At the start. A Caddy that an earlier daemon left running goes on, or makes room.
  func openFirstDoors() async throws {
    if plan.caddy == nil, await supervisor.askLeftoverToEnd(CaddyPlan.serviceName) {
      if let failure = await openDoorsPatiently() { throw failure }
      return
    }
    try await prepareCaddy(isAdopted: await supervisor.hasLeftover(CaddyPlan.serviceName))
    try openDoors()
  }

  /// While Caddy lets its ports go, which takes it a moment. Nil: they are open.
  private func openDoorsPatiently(beside: [Listener] = []) async -> (any Error)? {
    let deadline = ContinuousClock.now + .seconds(10)
    while true {
      do {
        try openDoors(beside: beside)
        return nil
      } catch {
        guard ContinuousClock.now < deadline else { return error }
        try? await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  /// Before Caddy is started: its file, the socket for its records, and whether it can have its ports. `isAdopted`: an earlier daemon
  /// left it running.
  func prepareCaddy(isAdopted: Bool) async throws {
    guard plan.caddy != nil else { return }
    if isAdopted { try await takeOverInternalPort() } else { try settlePorts(free: []) }
    guard let caddy = plan.caddy else { return }
    try checkInstalled(caddy)
    try openRecords(caddy)
    if isAdopted { try await load(caddy) }
    try write(caddy.file)
  }

  /// The daemon's end: Caddy's first, since it asks until its last request.
  func drainCaddy() async {
    guard plan.caddy != nil else { return }
    _ = await supervisor.apply(plan.services.filter { $0.name != CaddyPlan.serviceName })
  }

  /// Brings listeners, routes and services to the new plan, which is the current one already; what the supervisor did, for people.
  func changeEngine(from old: StackPlan, to new: StackPlan) async throws -> [String] {
    switch (old.caddy, new.caddy) {
    case (nil, nil):
      try openDoors()
      return await supervisor.apply(plan.services)
    case (nil, _?): return try await changeToCaddy(old)
    case (_?, nil): return try await changeToBuiltin()
    case (let before?, let after?):
      try await reloadCaddy(before, after)
      try openDoors()
      return await supervisor.apply(plan.services)
    }
  }

  /// Both have the ports for a moment: the kernel gives a connection to either, and none is refused.
  private func changeToCaddy(_ old: StackPlan) async throws -> [String] {
    try settlePorts(free: gateway.listeners.map(\.address))
    guard let caddy = plan.caddy else { return [] }
    try checkInstalled(caddy)
    try openRecords(caddy)
    try write(caddy.file)
    try openDoors(beside: old.listeners)
    let lines = await supervisor.apply(plan.services)
    guard await answers(within: .seconds(20)) else {
      _ = await supervisor.apply(old.services)
      throw DaemonFailure("Caddy did not start, so the built-in engine goes on; see why: leanto logs \(CaddyPlan.serviceName)")
    }
    try openDoors()
    return lines
  }

  /// Caddy lets its ports go at once and then finishes what runs, within the drain time.
  private func changeToBuiltin() async throws -> [String] {
    async let lines = supervisor.apply(plan.services)
    let failure = await openDoorsPatiently(beside: [engineListener])
    let done = await lines
    if let failure { throw failure }
    try openDoors()
    caddyRecords.withLock { $0 = nil }
    return done
  }

  private func reloadCaddy(_ before: CaddyPlan, _ after: CaddyPlan) async throws {
    try settlePorts(free: before.listeners.map(\.address))
    guard let caddy = plan.caddy, caddy.file != before.file else { return }
    try await load(caddy)
    try write(caddy.file)
  }

  /// What is not running now reads its file when it starts.
  private func load(_ caddy: CaddyPlan) async throws {
    if case .refused(let reason) = await admin(caddy).load(caddy.file) {
      throw DaemonFailure(
        "Caddy does not take its new configuration, so the earlier one goes on: \(reason); look at the `gateway` section of "
          + directory.settings)
    }
  }

  private func answers(within limit: Duration) async -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
      if await supervisor.statuses.contains(where: { $0.name == CaddyPlan.serviceName && $0.state == .healthy }) { return true }
      try? await Task.sleep(for: .milliseconds(50))
    }
    return false
  }

  private func admin(_ caddy: CaddyPlan) -> CaddyAdmin {
    CaddyAdmin(client: client, socket: .unix(path: directory.run + "/" + caddy.sockets.admin))
  }

  private func write(_ file: String) throws {
    guard SmallFile.write(file, to: directory.caddyfile, mode: 0o600) else {
      throw DaemonFailure("cannot write \(directory.caddyfile); look at it with: ls -ld \(directory.run)")
    }
  }

  private func checkInstalled(_ caddy: CaddyPlan) throws {
    let service = plan.services.first { $0.name == CaddyPlan.serviceName }
    guard case .missing(_, let remedy)? = service?.kind else { return }
    throw DaemonFailure("gateway.engine is caddy, and there is no `caddy` in PATH. \(remedy) Then: leanto up")
  }

  private func openRecords(_ caddy: CaddyPlan) throws {
    let path = directory.run + "/" + caddy.sockets.records
    let lines = ForeignRecords { [records] in records.write($0.span) }
    let isOpen = caddyRecords.withLock { socket in
      if socket == nil {
        socket = CaddyRecordSocket(path: path) { batch in
          lines.append(batch.compactMap(CaddyRecord.init(line:)).map(ForeignRecord.init(_:)))
        }
      }
      return socket != nil
    }
    guard isOpen else { throw DaemonFailure("cannot listen at \(path); look at it with: ls -ld \(directory.run)") }
  }
}

// MARK: Ports

extension DaemonServices {
  /// Caddy would only log that a port is taken, and start again and again. `free`: what the engine of before has.
  private func settlePorts(free: [Address]) throws {
    for listener in plan.caddy?.listeners ?? [] where !free.contains(listener.address) {
      guard let problem = Gateway.problem(listeningAt: listener) else { continue }
      guard problem.isAddressInUse, listener.kind == .internal, settings.gateway.internal == .auto else {
        throw DaemonFailure(ListenerAdvice.sentence(problem, directory: directory))
      }
      // Nobody chose this port, so any other does.
      moveInternalListener(to: Gateway.freePort())
    }
  }

  /// Of the Caddy that runs on, as its file says it: another port would be no loss, but services may know this one.
  private func takeOverInternalPort() async throws {
    guard settings.gateway.internal == .auto, let text = SmallFile.read(directory.caddyfile),
      let port = CaddyPlan.internalPort(in: text)
    else { return }
    moveInternalListener(to: port)
  }

  private func moveInternalListener(to port: UInt16) {
    state.withLock { $0.plan.moveInternalListener(to: port) }
  }
}

extension ForeignRecord {
  init(_ record: CaddyRecord) {
    self.init(
      listener: record.listener, client: record.client, user: record.user, service: record.service, request: record.request,
      status: record.status == 0 ? 499 : record.status, sent: record.sent, received: record.received,
      microseconds: Int(record.seconds * 1e6))
  }
}
