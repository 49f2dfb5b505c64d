import Access
import Client
import Dashboard
import Gateway
import Logging
import Model
import Monitoring
import Operations
import Settings
import Stack

/// The one wiring file: everything long-lived is made here and meets here. Reading it is knowing the program.
///
///     settings -> plan (Stack, pure) -> services (Operations), routes and listeners (Gateway)
///     request -> Gateway -> door (Access) -> service, or a page (Dashboard, ControlPages)
///     service -> Prober (Monitoring) -> Supervisor (Operations) -> StackStatus
final class DaemonServices: Sendable {
  let directory: StackDirectory
  let logger: Logger
  let client: HTTPClient
  let policy: AccessPolicy
  let model: StackModel
  let supervisor: Supervisor
  let containers: ComposeRunner
  let docker: DockerWatch
  let prober: Prober
  let tunnel: TunnelWatch
  let gateway: Gateway
  let bridge: ModelBridge
  let startedAt: Double
  let orders: AsyncStream<StackSignal>.Continuation
  let state: Lock<State>
  let records: RotatingFile
  /// Where Caddy sends its records, while it is the engine.
  let caddyRecords = Lock<CaddyRecordSocket?>(nil)
  /// The last reload that was asked for.
  private let reloading = Lock<Task<ReloadReport, Never>?>(nil)
  private let gate = Lock(AdmissionGate())
  private let stateChanges: AsyncStream<Void>

  struct State: Sendable {
    var settings: StackSettings
    var plan: StackPlan
    var problems: [String] = []
  }

  init(
    directory: StackDirectory, settings: StackSettings, plan: StackPlan, client: HTTPClient, docker: DockerWatch,
    logger: Logger,
    orders: AsyncStream<StackSignal>.Continuation
  ) {
    self.directory = directory
    self.logger = logger
    self.client = client
    self.orders = orders
    self.docker = docker
    startedAt = WallTime.now()
    state = Lock(State(settings: settings, plan: plan))
    policy = AccessPolicy(usersFile: directory.users)
    model = StackModel(client: client)
    let prober = Prober(rules: Self.rules(settings), probes: LiveProbes.probes(client: client))
    self.prober = prober
    let (changes, changed) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    stateChanges = changes
    let supervisor = Supervisor(
      directory: directory, logger: logger.labelled("services"), ownsOrphans: true, stateChanged: { changed.yield() },
      health: { await prober.report($0) })
    self.supervisor = supervisor
    containers = ComposeRunner(
      directory: directory, logger: logger.labelled("containers"), started: { await supervisor.watchAgain($0) })
    let tunnel = TunnelWatch(directory: directory, client: client, logger: logger.labelled("tunnel"))
    self.tunnel = tunnel
    let records = RotatingFile(path: directory.accessLog)
    self.records = records
    gateway = Gateway(workers: plan.workers) { batch in
      tunnel.meter.take(batch.span)
      records.write(batch.span)
    }
    bridge = ModelBridge(policy: policy, logger: logger.labelled("bridge")) { records.write($0.span) }
  }

  var settings: StackSettings { state.withLock { $0.settings } }
  var plan: StackPlan { state.withLock { $0.plan } }

  private static func rules(_ settings: StackSettings) -> Prober.Rules {
    Prober.Rules(
      schedule: ProbeSchedule(interval: .seconds(settings.monitoring.interval)), downAfter: settings.monitoring.downAfter,
      upAfter: settings.monitoring.upAfter)
  }
}

// MARK: Start and end

extension DaemonServices {
  /// Opens the doors, then starts the services: a page can say what is still starting.
  func start() async throws {
    policy.use(settings.access)
    policy.tellOfBans { [logger] ban in
      logger.warning(
        "An address is locked out after wrong passwords",
        ["address": ban.address ?? "", "user": ban.user ?? "nobody's", "seconds": "\(ban.seconds)"])
    }
    if let problem = policy.restoreThrottle(path: directory.throttle) {
      logger.warning("The throttle's counters are lost", ["problem": problem])
    }
    policy.restoreKeyUses(path: directory.keyUses)
    reloadKeys()
    loadSessionKeys()
    if let problem = policy.restoreEndedSessions(path: directory.endedSessions) {
      logger.warning("Which sessions were ended is not known", ["problem": problem])
    }
    report(policy.reload())
    guardServices()
    await supervisor.adopt()
    try await openFirstDoors()
    await model.use(plan.model)
    bridge.use(plan.bridge, settings.gateway)
    await tunnel.use(settings.tunnel, plan.tunnel)
    await tunnel.restoreUsage()
    for line in await supervisor.apply(plan.services) { logger.info("Service changed", ["change": line]) }
    await containers.use(plan.composeOrder(in: directory))
    for warning in plan.warnings + warnings(settings) { logger.warning("Not as asked for", ["what": warning]) }
  }

  /// Everything that runs beside the requests, until cancelled.
  func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.gateway.run() }
      group.addTask { await self.bridge.run() }
      group.addTask { await self.supervisor.run() }
      group.addTask { await self.watchUsers() }
      group.addTask { await self.watchThrottle() }
      group.addTask { await self.watchSessionKeys() }
      group.addTask { await self.watchCertificate() }
      group.addTask { await Claims(services: self).run() }
      group.addTask { await self.containers.run() }
      group.addTask { await self.watchStates() }
      group.addTask { await self.watchModel() }
      group.addTask { await self.watchDocker() }
      group.addTask { await ModelGate(services: self).watch() }
      group.addTask { await self.tunnel.run(self.supervisor) }
      group.addTask { await self.tunnel.count(self.gateway) }
    }
  }

  /// Lets running requests finish, then ends the services.
  func stop() async {
    await drainCaddy()
    await gateway.drain()
    await bridge.drain()
    async let containersEnd: Void = containers.stopAll()
    await supervisor.stopAll()
    await containersEnd
    policy.stop()
    keepThrottle()
    keepKeyUses()
    await tunnel.keepUsage()
  }

  /// Ends what `stop` waits for.
  func hurry() async {
    gateway.stop()
    bridge.stop()
    await supervisor.hurry()
  }

  /// A changed users' file counts from the next request on.
  private func watchUsers() async {
    while !Task.isCancelled {
      if let news = policy.reloadIfChanged() { report(news) }
      reloadKeys()
      try? await Task.sleep(for: .seconds(1))
    }
  }

  /// A kill forgets at most the wrong passwords of the last two seconds.
  private func watchThrottle() async {
    while !Task.isCancelled {
      keepThrottle()
      keepKeyUses()
      try? await Task.sleep(for: .seconds(2))
    }
  }

  /// A new key each month, also in a daemon that runs for longer.
  private func watchSessionKeys() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(3600))
      if !Task.isCancelled { loadSessionKeys() }
    }
  }

  private func loadSessionKeys() {
    if let problem = policy.loadSessionKeys(path: directory.sessionKey) {
      logger.warning("The sessions' key has a problem", ["problem": problem])
    }
  }

  private func reloadKeys() {
    guard let news = policy.reloadKeysIfChanged(path: directory.keys) else { return }
    for problem in news.problems { logger.warning("The keys' file has a problem", ["problem": problem]) }
    guard news.isChanged else { return }
    gateway.renewDoors()
    logger.info("Keys loaded", ["count": "\(news.keys)"])
  }

  private func keepKeyUses() {
    if let problem = policy.keepKeyUses(path: directory.keyUses) {
      logger.warning("When keys were used cannot be kept", ["problem": problem])
    }
  }

  private func keepThrottle() {
    if let problem = policy.keepThrottle() { logger.warning("The throttle's counters cannot be kept", ["problem": problem]) }
  }

  private func report(_ users: UsersReport) {
    for problem in users.problems { logger.warning("The users' file has a problem", ["problem": problem]) }
    guard users.isChanged else { return }
    gateway.renewDoors()
    logger.info("Users loaded", ["count": "\(users.users)"])
  }
}

// MARK: Settings

extension DaemonServices {
  /// Prepare the new, swap once, drain the old. Settings with problems change nothing. One after another: a signal and a verb may
  /// ask at the same time, and both would open the same listeners.
  func reload() async -> ReloadReport {
    let turn = reloading.withLock { last in
      let turn = Task { [last] in
        _ = await last?.value
        return await reloadInTurn()
      }
      last = turn
      return turn
    }
    return await turn.value
  }

  private func reloadInTurn() async -> ReloadReport {
    let settings: StackSettings
    do throws(SettingsProblems) {
      settings = try SettingsFile.load(path: directory.settings, environment: ProcessEnvironment.all())
    } catch {
      let problems = error.problems.map(\.description)
      state.withLock { $0.problems = problems }
      logger.error("The settings have problems; the earlier ones go on", ["count": "\(problems.count)"])
      return ReloadReport(changes: [], problems: problems)
    }
    do {
      return try await apply(settings)
    } catch {
      let problem = (error as? DaemonFailure)?.description ?? "\(error)"
      state.withLock { $0.problems = [problem] }
      logger.error("The new settings could not be applied; the earlier ones go on", ["reason": problem])
      return ReloadReport(changes: [], problems: [problem])
    }
  }

  /// What a reload would change. Nil: the settings have problems.
  func preview() async -> PlanReport? {
    let environment = ProcessEnvironment.all()
    guard let settings = try? SettingsFile.load(path: directory.settings, environment: environment) else { return nil }
    let new = await DaemonPlanner(directory: directory, client: client, docker: docker).preview(settings)
    return StackPlan.preview(from: plan, to: new) { [directory] in SmallFile.read(directory.path + "/" + $0) }
  }

  private func apply(_ settings: StackSettings) async throws -> ReloadReport {
    let old = state.withLock { $0 }
    var new = try await DaemonPlanner(directory: directory, client: client, docker: docker).plan(settings)
    if settings.gateway.internal == .auto, old.settings.gateway.internal == .auto { new.keepInternalPort(of: old.plan) }
    let difference = StackPlan.difference(from: old.plan, to: new)
    state.withLock { state in
      state.settings = settings
      state.plan = new
    }
    guardServices()
    let services: [String]
    do {
      services = try await changeEngine(from: old.plan, to: new)
    } catch {
      state.withLock { $0 = old }
      guardServices()
      try? openDoors()
      throw error
    }
    state.withLock { $0.problems = [] }
    policy.use(settings.access)
    report(policy.reload())
    await prober.use(Self.rules(settings))
    await model.use(new.model)
    bridge.use(new.bridge, settings.gateway)
    if old.plan.compose == new.compose {
      await containers.tryAgain()
    } else {
      await containers.use(new.composeOrder(in: directory))
    }
    await tunnel.use(settings.tunnel, new.tunnel)
    let rest = old.settings == settings || !difference.lines.isEmpty ? [] : ["settings: loaded"]
    for warning in warnings(settings) where warnings(old.settings) != [warning] {
      logger.warning("Not as asked for", ["what": warning])
    }
    for line in difference.lines + services { logger.info("Changed", ["change": line]) }
    return ReloadReport(changes: difference.lines + rest + services.filter { !difference.lines.contains($0) }, problems: [])
  }

  /// `beside`: listeners of the engine of before, for as long as both are at work.
  func openDoors(beside: [Listener] = []) throws {
    do {
      try gateway.apply(try configuration(beside))
    } catch let problem as ListenerProblem {
      guard problem.isAddressInUse, problem.listener.kind == .internal, settings.gateway.internal == .auto else {
        throw DaemonFailure(ListenerAdvice.sentence(problem, directory: directory))
      }
      // Nobody chose this port, so any other does.
      state.withLock { $0.plan.moveInternalListenerToFreePort() }
      try openDoors(beside: beside)
    }
  }

  private func configuration(_ beside: [Listener]) throws -> GatewayConfiguration {
    let (settings, plan) = state.withLock { ($0.settings, $0.plan) }
    let control = Listener(kind: .control, address: .unix(path: directory.controlSocket))
    let pages = DashboardPages(
      status: { await self.status() }, ask: { try await self.model.ask($0, $1) },
      signIn: { [policy] in await policy.signIn(name: $0, password: $1, client: $2, isSecure: $3) }, signOut: signOut,
      now: WallTime.now)
    let (controls, lists) = (ControlPages(services: self), ModelGate(services: self))
    var configuration = GatewayConfiguration(
      listeners: ownListeners(plan) + beside + [control], routes: plan.routes, makeDoor: policy.makeDoor,
      answers: OwnAnswers.table.mapValues { AnswerBodies(text: $0.text, json: $0.json, html: $0.html) },
      handler: { request in
        if request.listener == .control { return await controls.handle(request) }
        return ModelGate.places.contains(request.path) ? await lists.handle(request) : await pages.handle(request)
      })
    configuration.tls = try Self.tls(settings, directory)
    configuration.plaintextAnswer = AnswerBodies(
      text: OwnAnswers.plaintext.body(.text), json: OwnAnswers.plaintext.body(.json), html: OwnAnswers.plaintext.body(.html))
    configuration.gate = plan.gate.map { gate in
      GatewayConfiguration.Gate(
        api: gate.api, hosts: gate.hosts, concurrency: gate.concurrency, queue: gate.queue,
        noteTokens: { [policy] in policy.noteTokens(of: $0, prompt: $1, generated: $2) })
    }
    configuration.answerPolicy = Array(OwnAnswers.contentSecurityPolicy.utf8)
    configuration.limits = GatewayConfiguration.Limits(settings.gateway.limits)
    configuration.limits.connections = budget(settings).connections
    configuration.timeouts = GatewayConfiguration.Timeouts(settings.gateway.timeouts)
    configuration.trustedProxies = settings.gateway.trustedProxies
    return configuration
  }
}

extension DaemonServices {
  private func budget(_ settings: StackSettings) -> ConnectionBudget {
    ConnectionBudget(wanted: settings.gateway.limits.connections, descriptors: ProcessEnvironment.descriptorLimit)
  }

  /// What of the settings this machine cannot give.
  private func warnings(_ settings: StackSettings) -> [String] { [budget(settings).warning].compactMap(\.self) }
}

// MARK: Who may be reached

extension DaemonServices {
  /// Before the doors are opened: what is not ready is closed from the first request on.
  private func guardServices() {
    let plan = plan
    gate.withLock { $0.use(guarded: plan.guarded, claims: Set(plan.claims.map(\.service))) }
    withhold()
  }

  private func withhold() { gateway.withhold(gate.withLock { $0.withheld }) }

  private func watchStates() async {
    for await _ in stateChanges where !Task.isCancelled {
      let statuses = await supervisor.statuses
      gate.withLock { $0.see(statuses) }
      withhold()
    }
  }

  /// `why`: nil, the service has its owner.
  func noteClaim(_ service: String, problem why: String? = nil) async {
    let statuses = await supervisor.statuses
    gate.withLock { gate in
      if let why { gate.couldNotClaim(service, why) } else { gate.claimed(service) }
      gate.see(statuses)
    }
    withhold()
  }

  /// Docker may start after Leanto does; what the plan could not know then, it knows now.
  private func watchDocker() async {
    while !Task.isCancelled {
      await docker.waitForDocker()
      if !Task.isCancelled { _ = await reload() }
    }
  }
}

// MARK: Signing out

extension DaemonServices {
  @Sendable private func signOut(_ cookies: String, _ isSecure: Bool) async -> [UInt8] {
    let result = policy.signOut(cookies: cookies, isSecure: isSecure, keptAt: directory.endedSessions)
    if let problem = result.problem { logger.warning("A session's end cannot be kept over a restart", ["problem": problem]) }
    return result.cookie
  }
}

// MARK: Status

extension DaemonServices {
  func status() async -> StackStatus {
    let (settings, plan, problems) = state.withLock { ($0.settings, $0.plan, $0.problems) }
    let containers = await containers.reports
    let gate = gate.withLock { $0 }
    let tunnel = await tunnel.status
    let wanted = Set(plan.services.map(\.name))
    // What nobody wants any more, such as a leftover that was ended, is no service that has stopped.
    let services = await supervisor.statuses.filter { $0.state != .stopped || wanted.contains($0.name) }.map { status in
      var status = gate.shown(containers[status.name].map(status.merged) ?? status)
      status.at = plan.places[status.name]?.at ?? status.at
      return status.name == TunnelPlan.service ? explained(status, tunnel) : status
    }
    return StackStatus(
      name: settings.name, version: Release.version, processIdentifier: ProcessEnvironment.identifier,
      directory: directory.path, startedAt: startedAt, listeners: listeners, services: services,
      model: await model.status(), tunnel: tunnel, settingsProblems: problems,
      warnings: (docker.problem.map { [$0.text] } ?? []) + plan.warnings + warnings(settings) + lostRecords + lockedOut)
  }

  /// What a disk that is too slow, full or read-only cost.
  private var lockedOut: [String] {
    let bans = policy.lockouts().compactMap(\.address)
    guard let first = bans.first else { return [] }
    let who = bans.count == 1 ? "\(first) is" : "\(bans.count) addresses are"
    return ["\(who) locked out after wrong passwords: leanto user list"]
  }

  private var lostRecords: [String] {
    var lost: [String] = []
    if gateway.droppedRecords > 0 {
      lost.append("\(gateway.droppedRecords) batches of access records were lost, because the disk was too slow for them")
    }
    if records.droppedBytes > 0 {
      lost.append("\(records.droppedBytes) bytes of access records could not be written to \(directory.accessLog): see `df`")
    }
    return lost
  }

  private var listeners: [ListenerStatus] {
    let own = gateway.listeners.filter { $0.kind != .control && $0.kind != .engine }
    return ((plan.caddy?.listeners ?? []) + own).map {
      ListenerStatus(kind: $0.kind, address: $0.address.description)
    }
  }

  /// What `leanto verify` tries.
  func verificationBrief() async -> VerificationBrief {
    let (settings, plan) = state.withLock { ($0.settings, $0.plan) }
    await model.measure()
    let unwell = await status().services.filter { $0.state != .healthy }
    return VerificationBrief(
      listeners: listeners, publicHost: settings.tunnel.provider == .none ? nil : settings.tunnel.domain,
      routes: plan.routes,
      unavailable: Dictionary(
        unwell.map { ($0.name, $0.message.isEmpty ? $0.state.rawValue : $0.message) }, uniquingKeysWith: { $1 }),
      pass: policy.issueProbePass(), model: await model.status(), echoPaths: plan.places.compactMapValues(\.echo),
      gateKey: plan.gate == nil ? nil : policy.issueProbeKey(for: KeyScope.model), tunnel: await tunnel.status,
      closedPaths: plan.closedPaths)
  }
}
