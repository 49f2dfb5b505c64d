import Model
import Transport

/// What other threads tell an event loop.
enum LoopMessage: Sendable {
  case configure(GatewayConfiguration, opened: [(number: Int, listener: Listener, socket: ListeningSocket)], closed: [Int])
  /// Services that nobody may reach now.
  case withhold(Set<String>)
  /// The users changed: ask anew from now on.
  case renewDoor
  case decided(ticket: UInt64, AccessDecision)
  /// The model may work for it now, at that server.
  case gateOpened(ticket: UInt64, Address, key: Int32)
  case respond(ticket: UInt64, LocalResponse)
  case piece(ticket: UInt64, [UInt8], CheckedContinuation<Void, any Error>)
  case endOfPieces(ticket: UInt64, failed: Bool)
  /// Accept nothing more, finish what runs, end.
  case drain
  /// End now.
  case stop
}

/// The one way into an event loop from outside. Never waits; the loop takes everything at once.
final class LoopInbox: Sendable {
  private struct State {
    var messages: [LoopMessage] = []
    var isClosed = false
  }

  let wakeup: Wakeup
  private let state = Lock(State())

  init(wakeup: Wakeup) { self.wakeup = wakeup }

  /// False: the loop has ended and nobody reads any more.
  @discardableResult
  func post(_ message: LoopMessage) -> Bool {
    let (wasEmpty, isClosed) = state.withLock { state in
      guard !state.isClosed else { return (false, true) }
      state.messages.append(message)
      return (state.messages.count == 1, false)
    }
    // Only the first message has to wake the loop: it takes the others along.
    if wasEmpty { wakeup.signal() }
    return !isClosed
  }

  func takeAll() -> [LoopMessage] {
    state.withLock { state in
      let messages = state.messages
      state.messages = []
      return messages
    }
  }

  /// What came too late.
  func close() -> [LoopMessage] {
    state.withLock { state in
      state.isClosed = true
      let messages = state.messages
      state.messages = []
      return messages
    }
  }
}
