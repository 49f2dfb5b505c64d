import Model

/// Who may have the model work now, who waits, and for which server: pure. Servers have queues of their own, but Ollama's counts only
/// requests that must load a model, and none of them tells one client from another.
struct GateQueue: Sendable {
  struct Rules: Sendable, Equatable {
    /// At once, over all servers.
    var concurrency = 4
    var queue = 32
  }

  /// One request: of whom, and how its event loop is told.
  struct Request: Sendable {
    var ticket: UInt64
    /// Whose key.
    var key: Int32
    /// Nil: it names none.
    var model: String?
    /// Tells one event loop's tickets from another's.
    var loop: ObjectIdentifier
  }

  enum Admission: Equatable, Sendable {
    case go(Address)
    case wait
    /// As many wait as may.
    case full
    /// There is no server.
    case none
  }

  struct Host: Sendable {
    var address: Address
    var state = ModelHostState()
    var running = 0
  }

  var rules = Rules()
  private(set) var hosts: [Host] = []
  /// In order of arrival.
  private(set) var waiting: [Request] = []
  private(set) var running = 0
  private var runningOfKey: [Int32: Int] = [:]

  /// What runs goes on where it is.
  mutating func use(_ addresses: [Address]) {
    let known = hosts
    hosts = addresses.map { address in known.first { $0.address == address } ?? Host(address: address) }
  }

  mutating func note(_ state: ModelHostState, of address: Address) {
    guard let index = hosts.firstIndex(where: { $0.address == address }) else { return }
    hosts[index].state = state
  }

  mutating func enter(_ request: Request) -> Admission {
    guard !hosts.isEmpty else { return .none }
    // Nobody overtakes those who wait.
    guard running >= rules.concurrency || !waiting.isEmpty else { return start(request).map { .go($0) } ?? .none }
    guard waiting.count < rules.queue else { return .full }
    waiting.append(request)
    return .wait
  }

  /// False: it does not wait any more; it was let in.
  mutating func cancel(ticket: UInt64, loop: ObjectIdentifier) -> Bool {
    guard let index = waiting.firstIndex(where: { $0.ticket == ticket && $0.loop == loop }) else { return false }
    waiting.remove(at: index)
    return true
  }

  mutating func leave(_ address: Address, key: Int32) {
    running = max(0, running - 1)
    if let index = hosts.firstIndex(where: { $0.address == address }) { hosts[index].running = max(0, hosts[index].running - 1) }
    let left = (runningOfKey[key] ?? 1) - 1
    runningOfKey[key] = left > 0 ? left : nil
  }

  /// The next that may begin: of the key that has least running, the one that came first. So one key that asks much delays others
  /// by one turn and not by its whole queue.
  mutating func takeNext() -> (request: Request, address: Address)? {
    guard running < rules.concurrency, !hosts.isEmpty else { return nil }
    guard let next = waiting.indices.min(by: { (turn($0), $0) < (turn($1), $1) }) else { return nil }
    let request = waiting.remove(at: next)
    return start(request).map { (request, $0) }
  }

  private func turn(_ index: Int) -> Int { runningOfKey[waiting[index].key] ?? 0 }

  /// For what costs the model no work.
  func anyHost(with model: String? = nil) -> Address? { best(model).map { hosts[$0].address } }

  /// `place` does not answer: it is down until somebody says otherwise, and the request goes to another.
  mutating func move(from place: Address, model: String?, without tried: [Address]) -> Address? {
    if let index = hosts.firstIndex(where: { $0.address == place }), hosts.count > 1 { hosts[index].state.isUp = false }
    guard let next = best(model, without: tried) else { return nil }
    if let index = hosts.firstIndex(where: { $0.address == place }) { hosts[index].running = max(0, hosts[index].running - 1) }
    hosts[next].running += 1
    return hosts[next].address
  }

  private mutating func start(_ request: Request) -> Address? {
    guard let index = best(request.model) else { return nil }
    running += 1
    hosts[index].running += 1
    runningOfKey[request.key, default: 0] += 1
    return hosts[index].address
  }

  /// The least busy that is up and has the model; without such a one, the least busy that is up, which says what is wrong; and when
  /// none seems up, any: what watches them may be late.
  private func best(_ model: String?, without tried: [Address] = []) -> Int? {
    let all = hosts.indices.filter { !tried.contains(hosts[$0].address) }
    let up = all.filter { hosts[$0].state.isUp }
    let fit = up.filter { index in model.map { hosts[index].state.has($0) } ?? true }
    let candidates = fit.isEmpty ? (up.isEmpty ? all : up) : fit
    return candidates.min { (hosts[$0].running, $0) < (hosts[$1].running, $1) }
  }
}
