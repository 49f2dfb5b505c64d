internal import CLinux
internal import Model

/// One thread that sleeps until one of its descriptors is readable: ends of processes, and their output.
final class Reactor: Sendable {
  private struct State: Sendable {
    /// Each with its descriptor: as long as it is watched, the number is not given away.
    var handlers: [UInt64: (descriptor: Descriptor, run: @Sendable () -> Bool)] = [:]
    var lastToken: UInt64 = 0
  }

  private let poll: Descriptor
  private let stopSignal: Descriptor
  private let state = Lock(State())

  /// Nil: the process has no descriptors left.
  init?() {
    guard let poll = Descriptor(linux_epoll_create()), let stopSignal = Descriptor(linux_eventfd())
    else { return nil }
    self.poll = poll
    self.stopSignal = stopSignal
    _ = add(stopSignal, token: 0)
  }

  /// Calls `handler` on the reactor's thread whenever `descriptor` is readable, until it returns false. Returns a
  /// token for `forget`.
  @discardableResult
  func watch(_ descriptor: Descriptor, _ handler: @escaping @Sendable () -> Bool) -> UInt64 {
    let token = state.withLock { state in
      state.lastToken += 1
      state.handlers[state.lastToken] = (descriptor, handler)
      return state.lastToken
    }
    if !add(descriptor, token: token) { state.withLock { $0.handlers[token] = nil } }
    return token
  }

  func forget(_ descriptor: Descriptor, _ token: UInt64) {
    _ = linux_epoll_remove(poll.number, descriptor.number)
    state.withLock { $0.handlers[token] = nil }
  }

  /// Runs until `stop`; what happened before is not missed.
  func start() { Threads.run { [self] in while runOnce() {} } }

  func stop() { _ = stopSignal.write([1, 0, 0, 0, 0, 0, 0, 0]) }

  private func runOnce() -> Bool {
    for token in waited() {
      if token == 0 {
        _ = stopSignal.read(upTo: 8)
        return false
      }
      guard let handler = state.withLock({ $0.handlers[token] }) else { continue }
      if !handler.run() { state.withLock { $0.handlers[token] = nil } }
    }
    return true
  }

  private func waited() -> [UInt64] {
    var events = [linux_event](repeating: linux_event(), count: 16)
    let count = unsafe linux_epoll_wait(poll.number, &events, 16, -1)
    return events.prefix(Int(max(0, count))).map(\.key)
  }

  private func add(_ descriptor: Descriptor, token: UInt64) -> Bool {
    linux_epoll_add(poll.number, descriptor.number, UInt32(LINUX_READ.rawValue), token) == 0
  }
}
