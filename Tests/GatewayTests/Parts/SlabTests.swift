import Synchronization
import Testing

@testable import Gateway

/// Counts how many of its kind are alive.
private struct Counted: ~Copyable {
  static let alive = Atomic(0)
  var number: Int

  init(_ number: Int) {
    self.number = number
    Self.alive.add(1, ordering: .relaxed)
  }

  deinit { Self.alive.subtract(1, ordering: .relaxed) }
}

@Suite("A slab")
struct SlabTests {
  @Test("keeps what is put in while it grows, changes it in place, and lets go of it once")
  func grows() {
    do {
      var slab = Slab<Counted>(capacity: 1)
      for number in 0..<1000 { slab.append(Counted(number)) }
      #expect(slab.count == 1000 && slab.indices == 0..<1000)
      #expect(Counted.alive.load(ordering: .relaxed) == 1000)
      for index in slab.indices { slab[index].number += 1 }
      for index in slab.indices where slab[index].number != index + 1 { Issue.record("\(index) is \(slab[index].number)") }
    }
    #expect(Counted.alive.load(ordering: .relaxed) == 0)
  }
}
