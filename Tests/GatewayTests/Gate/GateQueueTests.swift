import Model
import Testing

@testable import Gateway

@Suite("The gate's queue")
struct GateQueueTests {
  private final class Loop: Sendable {}
  private static let loop = Loop()
  private static let (one, two) = (Address.tcp(host: "one", port: 1), Address.tcp(host: "two", port: 2))

  private func queue(_ concurrency: Int, _ places: Int, _ hosts: [Address] = [one]) -> GateQueue {
    var queue = GateQueue()
    queue.rules = .init(concurrency: concurrency, queue: places)
    queue.use(hosts)
    return queue
  }

  private func request(_ ticket: UInt64, key: Int32 = 1, model: String? = nil) -> GateQueue.Request {
    .init(ticket: ticket, key: key, model: model, loop: ObjectIdentifier(Self.loop))
  }

  @Test("lets so many in at once, has so many wait, and refuses more")
  func bounds() {
    var queue = queue(2, 1)
    let admissions = (1...5).map { queue.enter(request($0)) }
    #expect(admissions == [.go(Self.one), .go(Self.one), .wait, .full, .full])
    let early = queue.takeNext()
    #expect(early == nil)
    queue.leave(Self.one, key: 1)
    let next = queue.takeNext()
    #expect(next?.request.ticket == 3 && next?.address == Self.one)
    let (gone, known) = (queue.cancel(ticket: 3, loop: ObjectIdentifier(Self.loop)), queue.enter(request(6)))
    #expect(!gone && known == .wait)
    let cancelled = queue.cancel(ticket: 6, loop: ObjectIdentifier(Self.loop))
    #expect(cancelled && queue.waiting.isEmpty && queue.running == 2)
    var empty = GateQueue()
    let none = empty.enter(request(1))
    #expect(none == .none)
  }

  @Test("without places refuses at once, and with a higher limit goes on")
  func changes() {
    var queue = queue(1, 0)
    let first = queue.enter(request(1))
    let second = queue.enter(request(2))
    #expect(first == .go(Self.one) && second == .full)
    queue.rules.queue = 5
    let third = queue.enter(request(3))
    queue.rules.concurrency = 2
    #expect(third == .wait && queue.takeNext()?.request.ticket == 3)
  }

  @Test("gives turns by key, so that nobody waits for another's whole queue")
  func turns() {
    var queue = queue(2, 10)
    for ticket in 1...6 { _ = queue.enter(request(UInt64(ticket), key: 1)) }
    _ = queue.enter(request(7, key: 2))
    queue.leave(Self.one, key: 1)
    let first = queue.takeNext()
    #expect(first?.request.ticket == 7)
    queue.leave(Self.one, key: 1)
    let second = queue.takeNext()
    #expect(second?.request.ticket == 3)
  }

  @Test("takes the least busy server that is up and has the model")
  func balance() {
    var queue = queue(10, 0, [Self.one, Self.two])
    let spread = (1...4).map { queue.enter(request($0)) }
    #expect(spread == [.go(Self.one), .go(Self.two), .go(Self.one), .go(Self.two)])
    queue.note(ModelHostState(models: ["a:latest", "b:1"]), of: Self.one)
    queue.note(ModelHostState(models: ["c:1"]), of: Self.two)
    let named = ["a", "a:latest", "b:1", "c:1"].map { queue.enter(request(9, model: $0)) }
    #expect(named == [.go(Self.one), .go(Self.one), .go(Self.one), .go(Self.two)])
    // Whoever has it not says so himself; the least busy one is asked.
    let nobody = queue.enter(request(10, model: "none"))
    #expect(nobody == .go(Self.two))
    queue.note(ModelHostState(isUp: false), of: Self.two)
    let down = queue.enter(request(11, model: "c:1"))
    #expect(down == .go(Self.one))
    queue.note(ModelHostState(isUp: false), of: Self.one)
    #expect(queue.anyHost() != nil)
  }

  @Test("keeps count of what runs on a server over a change of the list")
  func list() {
    var queue = queue(3, 1)
    _ = queue.enter(request(1))
    queue.use([Self.two, Self.one])
    let second = queue.enter(request(2))
    #expect(second == .go(Self.two) && queue.hosts.map(\.running) == [1, 1])
    queue.use([Self.two])
    queue.leave(Self.one, key: 1)
    #expect(queue.running == 1 && queue.hosts.map(\.running) == [1])
  }
}
