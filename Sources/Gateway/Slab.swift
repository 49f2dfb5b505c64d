/// A growing row of values that are used where they lie and never copied: connections and exchanges of an event loop, by index.
///
/// An array hands out copies of its elements, and one of a connection with buffers costs a reference count for each of them. Here
/// an element that is not copyable is read and changed in place, with its index checked.
@safe struct Slab<Element: ~Copyable>: ~Copyable {
  private var storage: UnsafeMutablePointer<Element>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int = 16) {
    self.capacity = max(1, capacity)
    unsafe storage = .allocate(capacity: self.capacity)
  }

  deinit {
    unsafe storage.deinitialize(count: count)
    unsafe storage.deallocate()
  }

  var indices: Range<Int> { 0..<count }

  mutating func append(_ element: consuming Element) {
    if count == capacity { grow() }
    unsafe (storage + count).initialize(to: element)
    count += 1
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    unsafe larger.moveInitialize(from: storage, count: count)
    unsafe storage.deallocate()
    unsafe storage = larger
    capacity *= 2
  }

  @inline(__always) subscript(index: Int) -> Element {
    _read {
      precondition(index >= 0 && index < count)
      yield unsafe storage[index]
    }
    _modify {
      precondition(index >= 0 && index < count)
      yield unsafe &storage[index]
    }
  }
}
