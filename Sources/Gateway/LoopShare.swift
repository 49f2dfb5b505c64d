import HTTP
import Model
import Synchronization
import Transport

/// What all event loops of one gateway have in common. Read by the loops, written outside of them.
final class LoopShare: Sendable {
  let writer: AccessRecordWriter
  let jobs: AsyncStream<LocalCall>.Continuation
  let gate = SharedGate()
  private let addresses = Lock<[Address: [UpstreamAddress]]>([:])
  private let workers: Int
  private let limit = Atomic(Int.max)

  init(writer: AccessRecordWriter, jobs: AsyncStream<LocalCall>.Continuation, workers: Int) {
    self.writer = writer
    self.jobs = jobs
    self.workers = workers
  }

  /// The kernel spreads connections evenly enough for each loop to count its own.
  var connectionsPerLoop: Int { limit.load(ordering: .relaxed) }

  /// Connections of each address over all loops; kept only where the settings limit them.
  private let perAddress = Lock<[IPAddress: Int]>([:])

  /// False: that address has as many as it may.
  func enter(_ address: IPAddress, limit: Int) -> Bool {
    perAddress.withLock { counts in
      guard counts[address, default: 0] < limit else { return false }
      counts[address, default: 0] += 1
      return true
    }
  }

  func leave(_ address: IPAddress) {
    perAddress.withLock { counts in
      let left = counts[address, default: 1] - 1
      counts[address] = left > 0 ? left : nil
    }
  }

  func setConnectionLimit(_ connections: Int) {
    limit.store(max(1, (connections + workers - 1) / workers), ordering: .relaxed)
  }

  /// As resolved before the loops were told; empty when the name was unknown.
  func resolved(_ address: Address) -> [UpstreamAddress] {
    addresses.withLock { $0[address] ?? [] }
  }

  /// Asks the resolver. Not on an event loop.
  func resolve(_ routes: [Route], _ models: [ModelHost]) {
    let services = routes.compactMap { route in if case .upstream(let address) = route.target { address } else { nil } }
    for address in services + models.map(\.address) {
      let found = UpstreamAddress.resolving(address)
      addresses.withLock { if !found.isEmpty || $0[address] == nil { $0[address] = found } }
    }
  }
}

/// One service's addresses and the connections that wait for its next request.
struct Upstream {
  var address: Address
  var addresses: [UpstreamAddress]
  /// Index of the address that last answered.
  var preferred = 0
  var pool: [ConnectionID] = []

  /// Node closes idle connections after 5 s (n8n 2.41.1: `Keep-Alive: timeout=5`): ours are closed before.
  static let poolTime: Int64 = 4_000
  static let poolSize = 256
  /// A request that must not be sent twice takes only a connection that was busy a moment ago.
  static let freshTime: Int64 = 1_000
  /// After an answer that has no body by its status (204, 304): some services send one all the same, a little later.
  static let restTime: Int64 = 100

  init(address: Address, addresses: [UpstreamAddress]) {
    self.address = address
    self.addresses = addresses
  }
}
