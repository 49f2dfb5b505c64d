import Synchronization

/// Makes a large noncopyable struct that holds one stay where it is. Without it, the compiler takes the struct for a plain value and
/// copies its kilobytes to the stack for each call that only reads it: a quarter of a request's instructions.
package struct AddressOnly: ~Copyable {
  /// An atomic has an address and cannot be passed in registers; it is never used.
  private let mark = Atomic(false)

  package init() {}
}
