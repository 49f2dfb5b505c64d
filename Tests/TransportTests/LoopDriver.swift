import Model
import TestSupport
import Transport

/// One transport on the test's own thread: waits for events and keeps those that nobody asked for yet.
final class LoopDriver {
  private var transport: Transport
  let wakeup: Wakeup

  init() throws {
    wakeup = try Wakeup()
    transport = Transport(wakeup: wakeup)
  }

  func next() -> TransportEvent? { transport.next() }

  /// The next event that `take` makes something of; others are dropped on the way.
  @discardableResult
  func expect<Result>(
    _ what: String, _ deadline: Deadline = .patient, _ take: (TransportEvent) -> Result?
  ) throws -> Result {
    while !deadline.isPast {
      while let event = next() {
        if let result = take(event) { return result }
      }
      transport.wait(milliseconds: 20)
    }
    throw WireError.timedOut(what)
  }

  /// Every event until nothing happened for `milliseconds`.
  func quiet(_ milliseconds: Int32 = 50) -> [TransportEvent] {
    var events: [TransportEvent] = []
    while true {
      transport.wait(milliseconds: milliseconds)
      var got = false
      while let event = transport.next() {
        events.append(event)
        got = true
      }
      if !got || events.count > 10_000 { return events }
    }
  }

  func listen(_ address: Address = .tcp(host: "127.0.0.1", port: 0), number: Int = 0) throws -> UInt16 {
    let sockets = try ListeningSocket.open(address, count: 1)
    transport.listen(sockets[0], number: number)
    return sockets[0].port
  }

  func accepted() throws -> ConnectionID {
    try expect("a connection") { if case .accepted(let id, _, _, _) = $0 { id } else { nil } }
  }

  func readable(_ id: ConnectionID) throws {
    try expect("bytes") { if case .readable(id) = $0 { true } else { nil as Bool? } }
  }

  func failed(_ id: ConnectionID) throws {
    try expect("a failure") { if case .failed(id) = $0 { true } else { nil as Bool? } }
  }

  /// Reads until `count` bytes are there.
  func bytes(_ id: ConnectionID, _ count: Int) throws -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while all.count < count {
      try readable(id)
      guard case .bytes(let got) = transport.read(id, into: &buffer, at: 0) else { throw WireError.ended("\(count) bytes") }
      all += buffer[..<got]
    }
    return all
  }
}

// What the transport does, as calls on a reference: a test's macros copy what they look into.
extension LoopDriver {
  var connectionCount: Int { transport.connectionCount }
  func wait(milliseconds: Int32) { transport.wait(milliseconds: milliseconds) }
  func isOpen(_ id: ConnectionID) -> Bool { transport.isOpen(id) }
  func isPaused(_ id: ConnectionID) -> Bool { transport.isPaused(id) }
  func pending(_ id: ConnectionID) -> Int { transport.pending(id) }
  func connect(_ address: UpstreamAddress) -> ConnectionID? { transport.connect(address) }
  func write(_ id: ConnectionID, _ bytes: [UInt8]) { transport.write(id, bytes.span) }
  func pause(_ id: ConnectionID) { transport.pause(id) }
  func resume(_ id: ConnectionID) { transport.resume(id) }
  func finishWriting(_ id: ConnectionID) { transport.finishWriting(id) }
  func close(_ id: ConnectionID, resets: Bool = false) { transport.close(id, resets: resets) }
  func stopListening(number: Int) { transport.stopListening(number: number) }

  func read(_ id: ConnectionID, into buffer: inout [UInt8], at offset: Int) -> ReadOutcome {
    transport.read(id, into: &buffer, at: offset)
  }
}
