internal import CLinux
internal import Glibc
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
    guard let poll = Descriptor(epoll_create1(Int32(EPOLL_CLOEXEC))),
      let stopSignal = Descriptor(eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)))
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
    var event = unsafe epoll_event()
    _ = unsafe epoll_ctl(poll.number, EPOLL_CTL_DEL, descriptor.number, &event)
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
    var events = unsafe [epoll_event](repeating: epoll_event(), count: 16)
    let count = unsafe epoll_wait(poll.number, &events, 16, -1)
    return unsafe events.prefix(Int(max(0, count))).map { unsafe $0.data.u64 }
  }

  private func add(_ descriptor: Descriptor, token: UInt64) -> Bool {
    var event = unsafe epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: token))
    return unsafe epoll_ctl(poll.number, EPOLL_CTL_ADD, descriptor.number, &event) == 0
  }
}
