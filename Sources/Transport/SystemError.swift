import Glibc

/// What the kernel refused, by its number.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
  package var number: Int32

  package init(_ number: Int32) { self.number = number }

  package var isAddressInUse: Bool { number == EADDRINUSE }

  package var description: String { unsafe String(cString: strerror(number)) }
}
