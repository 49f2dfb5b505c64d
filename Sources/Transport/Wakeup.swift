import CLinux
import Glibc

/// Ends a loop's wait from any thread.
package final class Wakeup: Sendable {
  let descriptor: Int32

  package init() throws(SystemError) {
    descriptor = linux_eventfd()
    guard descriptor >= 0 else { throw SystemError(errno) }
  }

  deinit { close(descriptor) }

  package func signal() {
    var one: UInt64 = 1
    unsafe write(descriptor, &one, 8)
  }

  func clear() {
    var count: UInt64 = 0
    unsafe read(descriptor, &count, 8)
  }
}
