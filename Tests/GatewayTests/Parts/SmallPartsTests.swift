import HTTP
import Model
import TestSupport
import Testing
import Transport

@testable import Gateway

@Suite("Trusted networks")
struct TrustedNetworksTests {
  @Test(
    "hold their addresses and no others",
    arguments: [
      ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.1.2.3/8", "10.9.9.9", true),
      ("192.168.1.0/24", "192.168.1.255", true),
      ("192.168.1.0/24", "192.168.2.0", false), ("192.168.1.128/25", "192.168.1.127", false), ("1.2.3.4", "1.2.3.4", true),
      ("1.2.3.4", "1.2.3.5", false),
      ("1.2.3.4/32", "1.2.3.4", true), ("0.0.0.0/0", "9.9.9.9", true), ("0.0.0.0/0", "2001:db8::1", false),
      ("1.2.3.4/31", "1.2.3.5", true),
      ("::/0", "2001:db8::1", true), ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
      ("fd00::/8", "fdff::1", true),
      ("2001:db8::1", "2001:db8::1", true), ("2001:db8::1", "2001:db8::2", false), ("2001:db8::/64", "2001:db8::ffff:1", true),
      ("2001:db8::/64", "2001:db8:0:1::", false), ("2001:db8::/65", "2001:db8::7fff:0:0:1", true),
      ("2001:db8::/65", "2001:db8::8000:0:0:1", false),
      ("::ffff:10.0.0.0/8", "10.1.1.1", true),
    ])
  func contains(network: String, text: String, isTrusted: Bool) throws {
    let networks = TrustedNetworks([network])
    #expect(!networks.isEmpty)
    #expect(networks.contains(try #require(address(text))) == isTrusted)
  }

  @Test(
    "trust nobody by a mistake",
    arguments: [
      "", "/", "/8", "x", "10.0.0.0/x", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-5", "10.0.0.0/8/8", "::/129", "::/-1", "10.0.0/8",
      "10.0.0.0/+8",
    ])
  func junk(network: String) throws {
    let networks = TrustedNetworks([network])
    for text in ["10.0.0.0", "10.0.0.1", "0.0.0.0", "::", "::1"] { #expect(!networks.contains(try #require(address(text)))) }
  }

  @Test("are empty without any, and any of several counts")
  func several() throws {
    #expect(TrustedNetworks([]).isEmpty)
    let networks = TrustedNetworks(["10.0.0.0/8", "junk", "fd00::/8"])
    for text in ["fd01::", "10.0.0.1"] { #expect(networks.contains(try #require(address(text)))) }
  }

  private func address(_ text: String) -> IPAddress? {
    let bytes = octets(text)
    return IPAddress(bytes.span, 0..<bytes.count)
  }
}

@Suite("The end of an exchange")
struct EndingTests {
  @Test(
    "keeps each connection that can carry another message",
    arguments: [
      // request is done, client stays, service stays, until close, last answer -> client, service
      ([true, true, true, false, false], true, true), ([true, false, true, false, false], false, true),
      ([true, true, false, false, false], true, false),
      ([false, true, true, false, false], false, false), ([true, true, true, true, false], false, false),
      ([true, true, true, false, true], false, true),
    ])
  func ending(facts: [Bool], client: Bool, upstream: Bool) {
    var exchange = Exchange()
    exchange.request = facts[0] ? .done : .length(5)
    exchange.keepsAlive = facts[1]
    exchange.upstreamKeepsAlive = facts[2]
    exchange.responseBody = facts[3] ? .untilClose : .done
    #expect(exchange.ending(isLastAnswer: facts[4]) == .init(reusesClient: client, reusesUpstream: upstream))
  }

  @Test("leaves nothing for the next one in its place")
  func reuse() {
    var exchange = Exchange()
    exchange.begin(client: ConnectionID(raw: 1), now: 5)
    exchange.line = octets("GET /secret")
    exchange.clientText = octets("1.2.3.4")
    exchange.replay = octets("GET")
    exchange.unsent = octets("GET")
    exchange.status = 200
    exchange.user = 3
    exchange.service = 4
    let generation = exchange.generation
    exchange.end()
    exchange.begin(client: ConnectionID(raw: 2), now: 6)
    #expect(exchange.line.isEmpty && exchange.clientText.isEmpty && exchange.replay.isEmpty && exchange.unsent.isEmpty)
    #expect(exchange.status == 0 && exchange.user == -1 && exchange.service == -1 && exchange.generation == generation + 1)
  }
}

@Suite("A loop's inbox")
struct LoopInboxTests {
  @Test("gives everything at once, in order, and refuses what comes after its end")
  func order() throws {
    let inbox = LoopInbox(wakeup: try Wakeup())
    #expect(inbox.post(.renewDoor) && inbox.post(.drain))
    #expect(names(inbox.takeAll()) == ["renewDoor", "drain"])
    #expect(inbox.takeAll().isEmpty)
    #expect(inbox.post(.stop))
    #expect(names(inbox.close()) == ["stop"])
    #expect(!inbox.post(.drain))
    #expect(inbox.takeAll().isEmpty)
  }

  @Test("loses nothing of what four threads post while it is being emptied")
  func threads() throws {
    let inbox = LoopInbox(wakeup: try Wakeup())
    let finished = Monitor(0)
    for thread in 0..<4 {
      TestSupport.startThread {
        for i in 0..<5_000 { inbox.post(.decided(ticket: UInt64(thread * 5_000 + i), .refuse)) }
        finished.change { $0 += 1 }
      }
    }
    var seen = Set<UInt64>()
    let deadline = Deadline.patient
    while seen.count < 20_000, !deadline.isPast {
      for case .decided(let ticket, _) in inbox.takeAll() { seen.insert(ticket) }
    }
    #expect(seen.count == 20_000)
  }

  private func names(_ messages: [LoopMessage]) -> [String] {
    messages.map { message in
      switch message {
      case .renewDoor: "renewDoor"
      case .drain: "drain"
      case .stop: "stop"
      default: "other"
      }
    }
  }
}

@Suite("The writer of access records")
struct AccessRecordWriterTests {
  @Test("writes every batch in order, and what is left when it closes")
  func order() async {
    let written = Monitor([UInt8]())
    let writer = AccessRecordWriter { batch in written.change { $0 += batch } }
    for i in 0..<10 { _ = writer.submit([UInt8(i)]) }
    TestSupport.startThread { writer.run() }
    for i in 10..<20 { _ = writer.submit([UInt8(i)]) }
    writer.close()
    await writer.finished()
    #expect(written.value == Array(0..<20) && writer.dropped == 0)
  }

  @Test("drops and counts what a stuck disk cannot take, and holds nobody up")
  func stuck() async {
    let gate = Gate("the disk")
    let written = Monitor(0)
    let writer = AccessRecordWriter { batch in
      try? gate.wait()
      written.change { $0 += batch.count }
    }
    TestSupport.startThread { writer.run() }
    for _ in 0..<200 { _ = writer.submit([1]) }
    // One is in the writer's hands, or not yet.
    #expect(writer.dropped == 136 || writer.dropped == 135)
    gate.open()
    writer.close()
    await writer.finished()
    #expect(written.value == 200 - writer.dropped)
  }
}
