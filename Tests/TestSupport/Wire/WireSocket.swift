internal import Glibc

/// A stream socket whose every wait has a deadline. Closed when it is let go.
package final class WireSocket: Sendable {
  let descriptor: Int32
  private let isOpen = Monitor(true)

  init(descriptor: Int32) throws {
    guard descriptor >= 0 else { throw WireError.system(call: "socket", code: errno) }
    self.descriptor = descriptor
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit { close() }

  package func close() {
    isOpen.change { open in
      if open { _ = Glibc.close(descriptor) }
      open = false
    }
  }

  /// The peer gets a reset instead of an orderly end.
  package func reset() {
    ifOpen {
      var setting = linger(l_onoff: 1, l_linger: 0)
      unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &setting, socklen_t(MemoryLayout<linger>.size))
    }
    close()
  }

  /// Nothing more will be sent; reading goes on.
  package func endSending() { ifOpen { _ = shutdown(descriptor, Int32(SHUT_WR)) } }

  /// Wakes whoever waits on this socket; the descriptor stays until `close`.
  func interrupt() { ifOpen { _ = shutdown(descriptor, Int32(SHUT_RDWR)) } }

  // A descriptor that was closed may be somebody else's by now.
  private func ifOpen(_ body: () -> Void) { isOpen.change { if $0 { body() } } }

  /// What came, at most `limit` bytes; empty: the peer ended its side.
  package func receive(_ limit: Int = 65536, _ deadline: Deadline = .patient, for what: String = "bytes") throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit)
    while true {
      let count = unsafe bytes.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, limit, 0) }
      if count >= 0 { return Array(bytes.prefix(count)) }
      try wait(POLLIN, "recv", deadline, what)
    }
  }

  /// All of `bytes`.
  package func send(_ bytes: [UInt8], _ deadline: Deadline = .patient) throws {
    var sent = 0
    while sent < bytes.count { sent += try sendSome(bytes[sent...], deadline) }
  }

  /// How many bytes were taken, at least one.
  package func sendSome(_ bytes: ArraySlice<UInt8>, _ deadline: Deadline) throws -> Int {
    while true {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count >= 0 { return count }
      try wait(POLLOUT, "send", deadline, "room to send")
    }
  }

  /// After a call failed: waits if it would have blocked, throws if it is over.
  private func wait(_ events: Int32, _ call: String, _ deadline: Deadline, _ what: String) throws {
    let code = errno
    if code == ECONNRESET || code == EPIPE { throw WireError.reset }
    guard code == EAGAIN || code == EINTR || code == EINPROGRESS else { throw WireError.system(call: call, code: code) }
    guard ready(events, deadline) else { throw WireError.timedOut(what) }
  }

  func ready(_ events: Int32, _ deadline: Deadline) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    while true {
      let count = unsafe poll(&entry, 1, deadline.milliseconds)
      if count > 0 { return true }
      if deadline.isPast { return false }
    }
  }
}
