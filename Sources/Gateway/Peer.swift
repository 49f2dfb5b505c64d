import HTTP
import Model
import Transport

/// What the gateway knows of one connection. Lies in a table by the connection's index and is reused.
struct Peer: ~Copyable {
  enum Phase: UInt8 {
    case vacant
    /// A client between two requests, or before the first.
    case idle
    /// A client whose head is not complete.
    case head
    /// A client whose password is being checked; its head waits in `input`.
    case parked
    /// A client that speaks HTTP/2: each of its requests is a connection of its own.
    case carrying
    /// A client with an exchange.
    case exchanging
    /// A client that got its last answer; what it still sends is thrown away, so that the answer is not lost to a reset.
    case lingering
    /// An upstream that is being connected.
    case connecting
    /// An upstream with an exchange.
    case serving
    /// An upstream in the pool.
    case pooled
  }

  var id = ConnectionID(raw: 0)
  var phase = Phase.vacant
  var exchange: Int32 = -1
  /// Bytes that were read and cannot be used yet. Empty nearly always.
  var input: [UInt8] = []
  /// Milliseconds; what it means depends on the phase.
  var deadline: Int64 = .max
  /// The tick of the wheel at which this connection comes up; older entries are stale.
  var dueTick: Int64 = .max

  // Clients.
  /// Of another engine's connection: where the request came in that it asks about now.
  var kind = ListenerKind.local
  var isEngine = false
  var address = IPAddress(high: 0, low: 0)
  /// Shared with the exchanges of this connection; empty on a unix socket.
  var addressText: [UInt8] = []
  /// It said that it sends no more.
  var isHalfClosed = false
  /// What the door said after the head was parked.
  var verdict: AccessDecision?
  var ticket: UInt64 = 0
  /// It is in the count of its address.
  var isCounted = false

  // Upstreams.
  var upstream: Int32 = -1
  var isReused = false
  var pooledAt: Int64 = 0
  /// Not to be used again before.
  var restsUntil: Int64 = 0

  mutating func open(_ id: ConnectionID, _ phase: Phase) {
    self.id = id
    self.phase = phase
    exchange = -1
    deadline = .max
    dueTick = .max
    addressText = []
    isEngine = false
    isHalfClosed = false
    verdict = nil
    ticket = 0
    isCounted = false
    upstream = -1
    isReused = false
  }

  mutating func close() {
    phase = .vacant
    exchange = -1
    input = []
    deadline = .max
  }

  mutating func setAddress(_ address: IPAddress) {
    self.address = address
    addressText = address == IPAddress(high: 0, low: 0) ? [] : Array(address.text.utf8)
  }
}
