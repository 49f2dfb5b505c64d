import CLinux
import Glibc

/// Ends a loop's wait from any thread. Made before the loop's thread is, with all that the loop's wait needs: whoever starts a loop
/// learns at once whether it can run.
package final class Wakeup: Sendable {
  let descriptor: Int32
  /// What the loop waits with.
  let epoll: Int32

  package init() throws(SystemError) {
    let descriptor = linux_eventfd()
    guard descriptor >= 0 else { throw SystemError(errno) }
    let epoll = linux_epoll_create()
    guard epoll >= 0, linux_epoll_add(epoll, descriptor, UInt32(LINUX_READ.rawValue), Self.key) == 0 else {
      let problem = SystemError(errno)
      if epoll >= 0 { close(epoll) }
      close(descriptor)
      throw problem
    }
    self.descriptor = descriptor
    self.epoll = epoll
  }

  deinit {
    close(epoll)
    close(descriptor)
  }

  /// What tells its event from those of sockets.
  static let key = UInt64.max

  package func signal() {
    var one: UInt64 = 1
    unsafe write(descriptor, &one, 8)
  }

  func clear() {
    var count: UInt64 = 0
    unsafe read(descriptor, &count, 8)
  }
}
