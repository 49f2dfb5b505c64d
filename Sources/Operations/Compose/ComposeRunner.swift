internal import Glibc
package import Logging
package import Model

/// Runs the containers of a stack by Docker Compose: makes those that are wanted, makes them again when somebody took them away,
/// and knows how they are. Docker itself starts one again that ended.
///
/// Two tasks: one follows Docker's events and looks; one brings up what is not as wanted. An engine that is away or hangs stops
/// neither; containers that run are watched through their ports meanwhile.
package actor ComposeRunner {
  let directory: StackDirectory
  let logger: Logger
  /// Told the name of a container that was started since the last look.
  private let started: @Sendable (String) async -> Void
  private let wakes: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation

  private(set) var order: ComposeOrder?
  /// Whether `order` was brought up.
  private(set) var isUp = false
  private var failures = 0
  private var bringing: Task<Void, any Error>?
  private var seen: [String: ContainerInspection] = [:]
  private var hasLooked = false
  private var lastEnds: [String: String] = [:]
  private var ownRestarts: [String: Int] = [:]
  private var work: [String: String] = [:]
  private var problem: DockerProblem?
  private var lookProblem: DockerProblem?
  private var isStopping = false

  package init(directory: StackDirectory, logger: Logger, started: @escaping @Sendable (String) async -> Void) {
    self.directory = directory
    self.logger = logger
    self.started = started
    (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// From now on these containers are wanted; what that takes is only begun. Nil: none.
  package func use(_ order: ComposeOrder?) {
    let before = self.order
    self.order = order
    let names = Set(order?.containers.map(\.name) ?? [])
    (work, problem, failures) = ([:], nil, 0)
    isUp = false
    for name in names where seen[name] == nil { work[name] = "its container is being made" }
    lastEnds = lastEnds.filter { names.contains($0.key) }
    bringing?.cancel()
    if order != nil || before != nil { wake.yield() }
  }

  /// Somebody may have mended what was in the way: no need to wait for the next try.
  package func tryAgain() {
    guard problem != nil || !isUp else { return }
    (problem, failures) = (nil, 0)
    wake.yield()
  }

  package var reports: [String: ContainerReport] {
    var reports: [String: ContainerReport] = [:]
    for container in order?.containers ?? [] {
      let name = container.name
      let problem = problem(of: name)?.text ?? ""
      reports[name] = ContainerReport(
        container: seen[name]?.status(lastEnd: lastEnds[name] ?? ""), work: work[name] ?? "", problem: problem,
        restarts: (seen[name]?.restarts ?? 0) + (ownRestarts[name] ?? 0))
    }
    return reports
  }

  /// What Docker named a container for is only that one's.
  private func problem(of name: String) -> DockerProblem? {
    guard let problem = problem ?? lookProblem else { return nil }
    let container = "\(order?.project ?? "")-\(name)-1"
    return problem.containers.isEmpty || problem.containers.contains(container) ? problem : nil
  }

  /// Works until cancelled. Containers go on then.
  package func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.followEvents() }
      group.addTask { await self.lookAgainAndAgain() }
      for await _ in wakes where !Task.isCancelled { await bringUpIfNeeded() }
    }
  }

  /// Ends and removes all containers of the stack; its data stays. Bounded, also where Docker hangs.
  package func stopAll() async {
    isStopping = true
    bringing?.cancel()
    guard order != nil || SmallFile.text(directory.composeFile) != nil else { return }
    await report { try await Self.down(self.directory) }
  }

  /// What was left by a daemon that was killed, too. Throws `DockerProblem`.
  package static func down(_ directory: StackDirectory) async throws {
    try await DockerCommand.run(DockerCommand.compose(directory, ["down", "--remove-orphans"]), seconds: 90)
  }

  /// Returns why not; nil: it was restarted.
  package func restart(_ name: String) async -> DockerProblem? {
    do {
      guard seen[name] != nil else {
        isUp = false
        wake.yield()
        return nil
      }
      try await DockerCommand.run(DockerCommand.compose(directory, ["restart", name]), seconds: 180)
      ownRestarts[name, default: 0] += 1
      await look()
      // That it ended was asked for.
      lastEnds[name] = nil
      return nil
    } catch {
      return error as? DockerProblem ?? DockerProblem(.other, "\(error)")
    }
  }

  private func report(_ body: () async throws -> Void) async {
    do { try await body() } catch {
      logger.warning("Docker did not do what it was asked for", ["reason": (error as? DockerProblem)?.sentence ?? "\(error)"])
    }
  }
}

// MARK: Bringing up

extension ComposeRunner {
  private func bringUpIfNeeded() async {
    guard !isStopping, let order, !isUp || !lost(order).isEmpty else { return await removeRest() }
    let isAgain = isUp
    let names = isAgain ? lost(order) : []
    for name in names {
      logger.warning("A container is gone and is made again", ["service": name, "state": seen[name]?.state.status ?? "removed"])
      ownRestarts[name, default: 0] += 1
    }
    let task = Task { try await ComposeBringUp(runner: self, order: order, only: names).run() }
    bringing = task
    do {
      try await task.value
      if !task.isCancelled {
        (isUp, failures, problem) = (true, 0, nil)
        // What was replaced ended because it was asked to.
        if !isAgain { lastEnds = [:] }
      }
    } catch is CancellationError {
      return
    } catch {
      took(error as? DockerProblem ?? DockerProblem(.other, "\(error)"))
    }
    work = [:]
    await look()
    if !lost(order).isEmpty || !isUp { retryLater() }
  }

  /// Services that left the settings, once no container is wanted any more.
  private func removeRest() async {
    guard order == nil, !isStopping, SmallFile.text(directory.composeFile) != nil else { return }
    await report {
      try await Self.down(directory)
      unsafe unlink(directory.composeFile)
    }
    seen = [:]
  }

  private func took(_ new: DockerProblem) {
    if new != problem { logger.error("The containers are not as they should be", ["reason": new.text]) }
    problem = new
    failures += 1
    // Docker is asked to make them all, and did; one that is ill is no reason to make it again.
    if new.kind == .unhealthy || new.kind == .ended { isUp = true }
  }

  private func retryLater() {
    let seconds = min(60, 1 << min(failures, 6))
    Task { [wake] in
      try? await Task.sleep(for: .seconds(seconds))
      wake.yield()
    }
  }

  /// Wanted containers that are not there, or that somebody stopped. One that ended by itself is Docker's to start again.
  private func lost(_ order: ComposeOrder) -> [String] {
    guard hasLooked, lookProblem == nil else { return [] }
    return order.containers.map(\.name).filter { name in
      guard let state = seen[name]?.state.status else { return true }
      return state == "exited" || state == "created" || state == "dead"
    }
  }

  func say(_ text: String, of names: [String]) { for name in names { work[name] = text } }
  func learn(_ digests: [String: String]) { order?.digests.merge(digests) { $1 } }
}

// MARK: Looking

extension ComposeRunner {
  private func lookAgainAndAgain() async {
    while !Task.isCancelled {
      await look()
      if let order, !lost(order).isEmpty { wake.yield() }
      try? await Task.sleep(for: .seconds(20))
    }
  }

  /// Asks Docker how the containers are.
  func look() async {
    guard let order else { return }
    do {
      let found = try await Self.containers(project: order.project)
      lookProblem = nil
      hasLooked = true
      await take(found)
    } catch let problem as DockerProblem {
      // Removed between the two questions: the next look knows.
      if problem.kind != .other { lookProblem = problem }
    } catch {}
  }

  static func containers(project: String) async throws -> [ContainerInspection] {
    let filter = "label=com.docker.compose.project=\(project)"
    let list = try await DockerCommand.output(["ps", "--all", "--quiet", "--no-trunc", "--filter", filter])
    let identifiers = String(decoding: list, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    guard !identifiers.isEmpty else { return [] }
    return ContainerInspection.all(try await DockerCommand.output(["inspect"] + identifiers))
  }

  private func take(_ found: [ContainerInspection]) async {
    let before = seen
    let ours = found.filter { $0.label("oneoff")?.lowercased() != "true" }
    seen = Dictionary(ours.compactMap { one in one.service.map { ($0, one) } }, uniquingKeysWith: { first, _ in first })
    for (name, container) in seen {
      if let end = container.end { lastEnds[name] = end }
      let isNew = before[name]?.identifier != container.identifier || before[name]?.state.startedAt != container.state.startedAt
      if isNew, container.state.status == "running" { await started(name) }
    }
    forgetRecovered()
  }

  /// What Compose said of a container that is well by now.
  private func forgetRecovered() {
    guard let problem, problem.kind == .unhealthy || problem.kind == .ended else { return }
    let isWell = (order?.containers ?? []).allSatisfy { container in
      guard let state = seen[container.name]?.state, state.status == "running" else { return false }
      return state.health?.status != "unhealthy"
    }
    if isWell { self.problem = nil }
  }

  /// Until cancelled. An engine that is away is asked again every second.
  private func followEvents() async {
    while !Task.isCancelled {
      if let order {
        let (lines, sink) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(256))
        async let stream: Void = Self.events(of: order.project, sink)
        for await line in lines { await happened(DockerEvent(line)) }
        await stream
        await look()
      }
      try? await Task.sleep(for: .seconds(order == nil ? 5 : 1))
    }
  }

  private static func events(of project: String, _ sink: AsyncStream<String>.Continuation) async {
    let kinds = ["start", "die", "oom", "destroy", "stop", "pause", "unpause", "health_status"].flatMap {
      ["--filter", "event=\($0)"]
    }
    let filters = ["--filter", "type=container", "--filter", "label=com.docker.compose.project=\(project)"]
    let plan = DockerCommand.plan(["events", "--format", "{{json .}}"] + filters + kinds)
    _ = try? await CommandOutput.run(plan, limit: nil) { sink.yield($0) }
    sink.finish()
  }

  private func happened(_ event: DockerEvent?) async {
    guard let event, !isStopping else { return }
    switch event.action {
    case "oom": lastEnds[event.service] = ContainerInspection.outOfMemory(limit: seen[event.service]?.host?.memory)
    case "die":
      let wasMemory = lastEnds[event.service]?.hasPrefix("was killed because") == true && event.exitCode == 137
      if !wasMemory, let code = event.exitCode { lastEnds[event.service] = ContainerInspection.ended(code) }
      logger.warning("A container ended", ["service": event.service, "how": lastEnds[event.service] ?? ""])
    default: break
    }
    await look()
    if let order, isUp, !lost(order).isEmpty { wake.yield() }
  }
}
