import Glibc
import HTTP
import Model
import Synchronization
import Transport

/// One event loop: its connections, its exchanges, its own copy of the routes and its own door. Nothing here is shared, so
/// nothing is locked; other threads speak through the inbox.
///
/// The extensions follow a request: WorkerClients (bytes to heads), WorkerAdmission (route and door), WorkerUpstreams (to the
/// service and back), WorkerAnswers (what Leanto says itself), WorkerLocalPages, WorkerDeadlines.
struct Worker: ~Copyable {
  let inbox: LoopInbox
  let share: LoopShare
  var transport: Transport
  var peers = Slab<Peer>()
  var exchanges = Slab<Exchange>()
  var freeExchanges: [Int32] = []

  var configuration: GatewayConfiguration
  var routes = RouteTable([], service: { _ in 0 }, upstream: { _ in 0 })
  var door: Door
  var trusted = TrustedNetworks([])
  /// Kept for bodies of requests at the model's gate.
  var gateBytes = 0
  var listeners: [Int: Listener] = [:]
  /// Of the listeners that let only members of a network in.
  var admitted: [Int: TrustedNetworks] = [:]
  var upstreams: [Upstream] = []
  /// Names of services and users, by the index that exchanges keep: names outlive a change of routes or users.
  var names: [[UInt8]] = [[]]
  var nameIndex: [String: Int32] = ["": 0]
  var userNames: [Int32] = []

  var requestHead = RequestHead()
  var responseHead = ResponseHead()
  /// Heads are written here, and small bodies behind them, so that both go out in one call.
  var scratch = ByteWriter(capacity: 192 * 1024)
  /// Bytes of content, framing left out, that the last move of a body came to.
  var movedData = 0
  /// Whether the client whose head is being looked at sent more behind it, which is not in its `input`.
  var isBytesInHand = false
  /// Bytes of unfinished heads, at least, and when they were last counted.
  var headBytes = 0
  var headsCountedAt: Int64 = 0
  var records = RecordBuffer()
  var clock = WallClock()
  var wheel: TimerWheel
  var due: [(key: UInt64, tick: Int64)] = []
  /// Clients whose pipelined bytes can be looked at, once the event at hand is done.
  var ready: [ConnectionID] = []
  var clientCount = 0
  /// Of the last wait, monotonic: nanoseconds and milliseconds.
  var nanoseconds: UInt64
  var now: Int64
  var drainDeadline: Int64?
  /// Since when the process has no descriptor left for another connection.
  var acceptingPausedAt: Int64?
  var isStopped = false
  private let staysInPlace = AddressOnly()

  init(share: LoopShare, inbox: LoopInbox, configuration: GatewayConfiguration) {
    self.share = share
    self.inbox = inbox
    self.configuration = configuration
    transport = Transport(wakeup: inbox.wakeup)
    nanoseconds = monotonicNanoseconds()
    now = Int64(nanoseconds / 1_000_000)
    wheel = TimerWheel(now: now)
    door = Door(userNames: []) { _, _, _, _, _ in .refuse }
  }

  /// Runs until drained or stopped.
  mutating func run() {
    // Not a property: a piece of it is looked at while the rest of the worker changes.
    var buffer = [UInt8](repeating: 0, count: 256 * 1024)
    while !isStopped {
      transport.wait(milliseconds: waitTime())
      nanoseconds = monotonicNanoseconds()
      now = Int64(nanoseconds / 1_000_000)
      while let event = transport.next() {
        handle(event, &buffer)
        processReady()
      }
      runDeadlines()
      processReady()
      flushRecordsIfDue()
      if isDraining { continueDraining() }
    }
    finish()
  }

  private mutating func handle(_ event: TransportEvent, _ buffer: inout [UInt8]) {
    switch event {
    case .accepted(let id, let listener, let high, let low): accept(id, listener, IPAddress(high: high, low: low))
    case .connected(let id): upstreamConnected(id)
    case .readable(let id): read(id, &buffer)
    case .drained(let id): drained(id)
    case .failed(let id):
      readLastWords(id, &buffer)
      if transport.isOpen(id) { failed(id) }
    case .carries(let id): carries(id)
    case .carriesNothing(let id): carriesNothing(id)
    case .awoken: for message in inbox.takeAll() { receive(message) }
    }
  }

  private mutating func receive(_ message: LoopMessage) {
    switch message {
    case .configure(let configuration, let opened, let closed): configure(configuration, opened, closed)
    case .withhold(let services): routes.withhold(services)
    case .renewDoor: renewDoor()
    case .decided(let ticket, let decision): decided(ticket, decision)
    case .gateOpened(let ticket, let host, let key): gateOpened(ticket, host, key)
    case .respond(let ticket, let response): respond(ticket, response)
    case .piece(let ticket, let bytes, let continuation): sendPiece(ticket, bytes, continuation)
    case .endOfPieces(let ticket, let failed): endPieces(ticket, failed)
    case .pulse(let number): inbox.pulse.store(number, ordering: .relaxed)
    case .drain: startDraining()
    case .stop: isStopped = true
    }
  }

  private mutating func finish() {
    for (number, _) in listeners { transport.stopListening(number: number) }
    for index in peers.indices where peers[index].phase != .vacant { failed(peers[index].id) }
    flushRecords()
    for message in inbox.close() {
      if case .piece(_, _, let continuation) = message { continuation.resume(throwing: ClientLeft()) }
      if case .gateOpened(_, let host, let key) = message { share.gate.leave(host, key: key) }
    }
  }
}

// MARK: Configuration

extension Worker {
  private mutating func configure(
    _ configuration: GatewayConfiguration, _ opened: [(number: Int, listener: Listener, socket: ListeningSocket)],
    _ closed: [Int]
  ) {
    self.configuration = configuration
    for number in closed {
      listeners[number] = nil
      admitted[number] = nil
      transport.stopListening(number: number)
    }
    for (number, listener, socket) in opened {
      listeners[number] = listener
      admitted[number] = listener.network.map { TrustedNetworks([$0]) }
      transport.listen(socket, number: number)
    }
    secureListeners()
    trusted = TrustedNetworks(configuration.trustedProxies)
    var newNames = names
    var newIndex = nameIndex
    var newUpstreams = upstreams
    routes = RouteTable(
      configuration.routes,
      service: { Self.intern($0, &newNames, &newIndex) },
      upstream: { target in
        guard case .upstream(let address) = target else { return -1 }
        if let known = newUpstreams.firstIndex(where: { $0.address == address }) { return Int32(known) }
        newUpstreams.append(Upstream(address: address, addresses: share.resolved(address)))
        return Int32(newUpstreams.count - 1)
      })
    for host in configuration.gate?.hosts ?? [] where !newUpstreams.contains(where: { $0.address == host.address }) {
      newUpstreams.append(Upstream(address: host.address, addresses: share.resolved(host.address)))
    }
    routes.withhold(configuration.withheld)
    names = newNames
    nameIndex = newIndex
    upstreams = newUpstreams
    for index in upstreams.indices { upstreams[index].addresses = share.resolved(upstreams[index].address) }
    renewDoor()
  }

  mutating func renewDoor() {
    let inbox = inbox
    door = configuration.makeDoor(configuration.routes) { ticket, decision in
      inbox.post(.decided(ticket: ticket, decision))
    }
    askAnew()
    userNames = door.userNames.map { Self.intern(String(decoding: $0, as: UTF8.self), &names, &nameIndex) }
  }

  /// What an earlier door decided, or is still to say, was about other routes and users.
  private mutating func askAnew() {
    for index in peers.indices {
      peers[index].verdict = nil
      guard peers[index].phase == .parked else { continue }
      releaseExchange(peers[index].exchange)
      peers[index].phase = .head
      ready.append(peers[index].id)
    }
  }

  private static func intern(_ name: String, _ names: inout [[UInt8]], _ index: inout [String: Int32]) -> Int32 {
    if let known = index[name] { return known }
    names.append(Array(name.utf8))
    index[name] = Int32(names.count - 1)
    return Int32(names.count - 1)
  }
}

// MARK: Draining

extension Worker {
  var isDraining: Bool { drainDeadline != nil }

  private mutating func startDraining() {
    guard drainDeadline == nil else { return }
    drainDeadline = now + configuration.timeouts.drain
    for (number, _) in listeners { transport.stopListening(number: number) }
    listeners = [:]
    leaveCarriers()
    for index in peers.indices where peers[index].phase == .idle || peers[index].phase == .pooled {
      let id = peers[index].id
      if transport.pending(id) > 0 { linger(id) } else { closePeer(id) }
    }
  }

  private mutating func continueDraining() {
    let busy = clientCount > 0
    if !busy || now >= drainDeadline ?? 0 { isStopped = true }
  }
}

// MARK: Records

extension Worker {
  mutating func record(_ exchange: Int32) {
    let index = Int(exchange)
    guard exchanges[index].isRecorded else { return }
    let client = exchanges[index].client
    // The time of the wake-up is good enough only where nothing was waited for.
    let finished = exchanges[index].startedAt == nanoseconds ? nanoseconds : monotonicNanoseconds()
    let service = names[max(0, Int(exchanges[index].service))]
    let user = names[max(0, Int(exchanges[index].user))]
    records.append(
      exchanges[index], kind: peers[client.index].kind, service: service.span, user: user.span, finishedAt: finished, now: now)
    if records.isFull { flushRecords() }
  }

  private mutating func flushRecordsIfDue() {
    if records.openedAt != .max, now - records.openedAt >= 200 { flushRecords() }
  }

  private mutating func flushRecords() {
    guard !records.isEmpty else { return }
    records.refill(with: share.writer.submit(records.takeBatch()))
  }
}

func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}
