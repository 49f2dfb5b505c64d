import Glibc
package import Model
import Synchronization
import Transport

/// A listener that could not be opened; nothing was changed.
package struct ListenerProblem: Error, Sendable {
  package var listener: Listener
  /// What the kernel says.
  package var reason: String
  package var isAddressInUse: Bool
}

/// The built-in engine: event loops on threads of their own, and the way to tell them things.
package final class Gateway: Sendable {
  private struct State {
    var inboxes: [LoopInbox] = []
    var configuration: GatewayConfiguration?
    /// Number, listener as asked for, and port as given.
    var open: [(number: Int, listener: Listener, port: UInt16)] = []
    var nextNumber = 0
    var withheld: Set<String> = []
    var running = 0
    var ended: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Lock(State())
  private let share: LoopShare
  private let calls: AsyncStream<LocalCall>
  private let workerCount: Int

  /// `record` gets batches of access records (JSON lines), on a thread of its own.
  package init(workers: Int, record: @escaping @Sendable ([UInt8]) -> Void) {
    let (calls, continuation) = AsyncStream<LocalCall>.makeStream(bufferingPolicy: .bufferingOldest(1024))
    self.calls = calls
    workerCount = max(1, workers)
    share = LoopShare(writer: AccessRecordWriter(write: record), jobs: continuation, workers: max(1, workers))
    startThread { [writer = share.writer] in writer.run() }
  }

  /// Access records that a slow disk lost, in batches.
  package var droppedRecords: Int { share.writer.dropped }

  /// Where it listens now, with the ports that the kernel chose.
  package var listeners: [Listener] {
    state.withLock { state in
      state.open.map { entry in
        guard case .tcp(let host, _) = entry.listener.address else { return entry.listener }
        return Listener(kind: entry.listener.kind, address: .tcp(host: host, port: entry.port))
      }
    }
  }

  /// Opens what is new, then swaps once on every loop, then closes what is gone. Running exchanges are not touched.
  ///
  /// - Throws: `ListenerProblem`; the earlier configuration goes on.
  package func apply(_ configuration: GatewayConfiguration) throws {
    var configuration = configuration
    configuration.withheld = state.withLock { $0.withheld }
    share.resolve(configuration.routes, configuration.gate?.hosts ?? [])
    if state.withLock({ $0.inboxes.isEmpty }) { try startLoops(configuration) }
    let (known, first) = state.withLock { ($0.open, $0.nextNumber) }
    let closed = known.filter { !configuration.listeners.contains($0.listener) }
    let wanted = configuration.listeners.filter { listener in !known.contains { $0.listener == listener } }
    let opened = try open(wanted, replacing: closed.map(\.listener))
    // From here on nothing fails.
    share.setConnectionLimit(configuration.limits.connections)
    if let gate = configuration.gate {
      share.gate.use(.init(concurrency: gate.concurrency, queue: gate.queue), gate.hosts.map(\.address))
    }
    state.withLock { state in
      configuration.withheld = state.withheld
      state.configuration = configuration
      state.nextNumber += wanted.count
      state.open.removeAll { entry in closed.contains { $0.number == entry.number } }
      for (offset, sockets) in opened.enumerated() {
        state.open.append((first + offset, wanted[offset], sockets.first?.port ?? 0))
      }
      for (loop, inbox) in state.inboxes.enumerated() {
        let mine = opened.enumerated().map { (number: first + $0.offset, listener: wanted[$0.offset], socket: $0.element[loop]) }
        inbox.post(.configure(configuration, opened: mine, closed: closed.map(\.number)))
      }
    }
  }

  /// Why this address could not be had now; nil: it could.
  package static func problem(listeningAt listener: Listener) -> ListenerProblem? {
    do throws(SystemError) {
      for socket in try ListeningSocket.open(listener.address, count: 1) { socket.close() }
      if case .unix(let path) = listener.address { unsafe unlink(path) }
      return nil
    } catch {
      return ListenerProblem(listener: listener, reason: error.description, isAddressInUse: error.isAddressInUse)
    }
  }

  /// A loopback port that nobody has now.
  package static func freePort() -> UInt16 {
    guard let socket = try? ListeningSocket.open(.tcp(host: "127.0.0.1", port: 0), count: 1).first else { return 0 }
    socket.close()
    return socket.port
  }

  private func open(_ listeners: [Listener], replacing closed: [Listener]) throws -> [[ListeningSocket]] {
    var opened: [[ListeningSocket]] = []
    for listener in listeners {
      do throws(SystemError) {
        // Another host on a port that is ours until the swap is over, or another kind of listener there.
        let isOurs = closed.contains { $0.address.sharesPort(with: listener.address) }
        opened.append(
          try ListeningSocket.open(listener.address, count: workerCount, isOurs: isOurs, mayComeLater: listener.network != nil))
      } catch {
        for socket in opened.joined() { socket.close() }
        throw ListenerProblem(listener: listener, reason: error.description, isAddressInUse: error.isAddressInUse)
      }
    }
    return opened
  }

  /// Requests for these services get 503 with Retry-After from now on, and those for others pass again. Exchanges that run go on.
  package func withhold(_ services: Set<String>) {
    // Under the lock: a configuration that is on its way at the same time has the same order everywhere.
    state.withLock { state in
      guard state.withheld != services else { return }
      state.withheld = services
      for inbox in state.inboxes { inbox.post(.withhold(services)) }
    }
  }

  /// The users changed: every loop asks a new door from now on.
  package func renewDoors() {
    for inbox in state.withLock({ $0.inboxes }) { inbox.post(.renewDoor) }
  }

  /// What is known of a server of models, from now on.
  package func note(_ state: ModelHostState, of host: Address) { share.gate.note(state, of: host) }

  /// Requests that the models work on now, and that wait for their turn.
  package var modelLoad: (running: Int, waiting: Int) { share.gate.load }

  /// Asks every loop to write `number` down, which it does as soon as it looks at its messages.
  package func sendPulse(_ number: UInt64) {
    for inbox in state.withLock({ $0.inboxes }) { inbox.post(.pulse(number)) }
  }

  /// Whether every loop that runs has seen the pulse. Those that have ended do not count.
  package func hasPulse(_ number: UInt64) -> Bool {
    state.withLock { $0.inboxes }.allSatisfy { $0.isClosed || $0.pulse.load(ordering: .relaxed) >= number }
  }

  /// Connections that came to the tunnel listener since the start.
  package var tunnelConnections: Int { share.tunnelConnections.load(ordering: .relaxed) }

  /// Answers pages of Leanto's own until the loops have ended. To be run beside everything else.
  package func run() async {
    await withDiscardingTaskGroup { group in
      for await call in calls {
        guard let handler = state.withLock({ $0.configuration?.handler }) else { continue }
        group.addTask { await call.perform(handler) }
      }
    }
  }

  /// Accepts nothing more, waits for what runs (bounded by the drain time), ends.
  package func drain() async {
    let inboxes = state.withLock { $0.inboxes }
    for inbox in inboxes { inbox.post(.drain) }
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if state.running > 0 { state.ended.append(continuation) }
        return state.running == 0
      }
      if isOver { continuation.resume() }
    }
    share.jobs.finish()
    share.writer.close()
    await share.writer.finished()
  }

  /// Ends at once, whatever runs.
  package func stop() {
    for inbox in state.withLock({ $0.inboxes }) { inbox.post(.stop) }
  }

  private func startLoops(_ configuration: GatewayConfiguration) throws {
    var inboxes: [LoopInbox] = []
    for _ in 0..<workerCount { inboxes.append(LoopInbox(wakeup: try Wakeup())) }
    state.withLock { state in
      state.inboxes = inboxes
      state.running = inboxes.count
    }
    for inbox in inboxes {
      startThread { [share, self] in
        nameThread("leanto-loop")
        var worker = Worker(share: share, inbox: inbox, configuration: configuration)
        worker.run()
        self.loopEnded()
      }
    }
  }

  private func loopEnded() {
    let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      state.running -= 1
      guard state.running == 0 else { return [] }
      let waiting = state.ended
      state.ended = []
      return waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}

extension Address {
  fileprivate func sharesPort(with other: Address) -> Bool {
    guard case .tcp(_, let port) = self, case .tcp(_, let another) = other else { return false }
    return port == another && port != 0
  }
}
