import Model

/// The queue that all event loops have in common. Whoever may begin is told through its loop's inbox.
final class SharedGate: Sendable {
  private struct State {
    var queue = GateQueue()
    var inboxes: [ObjectIdentifier: LoopInbox] = [:]
  }

  private let state = Lock(State())

  func use(_ rules: GateQueue.Rules, _ addresses: [Address]) {
    state.withLock { state in
      state.queue.rules = rules
      state.queue.use(addresses)
    }
    startNext()
  }

  func note(_ known: ModelHostState, of address: Address) { state.withLock { $0.queue.note(known, of: address) } }

  var hostCount: Int { state.withLock { $0.queue.hosts.count } }
  /// Running and waiting.
  var load: (running: Int, waiting: Int) { state.withLock { ($0.queue.running, $0.queue.waiting.count) } }

  func enter(ticket: UInt64, key: Int32, model: String?, _ inbox: LoopInbox) -> GateQueue.Admission {
    let loop = ObjectIdentifier(inbox)
    return state.withLock { state in
      state.inboxes[loop] = inbox
      return state.queue.enter(.init(ticket: ticket, key: key, model: model, loop: loop))
    }
  }

  /// `place` did not accept a connection: another one, in its place. Nil: there is none that was not tried.
  func move(from place: Address, model: String?, without tried: [Address]) -> Address? {
    state.withLock { $0.queue.move(from: place, model: model, without: tried) }
  }

  func anyHost(with model: String?) -> Address? { state.withLock { $0.queue.anyHost(with: model) } }

  /// It waited, and waits no more. When it was let in meanwhile, its loop's inbox has the news, and will give the place back.
  func cancel(ticket: UInt64, _ inbox: LoopInbox) {
    _ = state.withLock { $0.queue.cancel(ticket: ticket, loop: ObjectIdentifier(inbox)) }
  }

  func leave(_ address: Address, key: Int32) {
    state.withLock { $0.queue.leave(address, key: key) }
    startNext()
  }

  private func startNext() {
    while let (request, address, inbox) = takeNext() {
      if inbox?.post(.gateOpened(ticket: request.ticket, address, key: request.key)) ?? false { continue }
      // That loop has ended.
      state.withLock { $0.queue.leave(address, key: request.key) }
    }
  }

  private func takeNext() -> (GateQueue.Request, Address, LoopInbox?)? {
    state.withLock { state in
      state.queue.takeNext().map { ($0.request, $0.address, state.inboxes[$0.request.loop]) }
    }
  }
}
