import Glibc
import Model

/// Takes batches of access records from the event loops and writes them on a thread of its own: a slow disk stops no request.
///
/// Bounded: when the disk is behind by `capacity` batches, further ones are dropped and counted.
package final class AccessRecordWriter: Sendable {
  private struct State {
    var batches: [[UInt8]] = []
    var spares: [[UInt8]] = []
    var dropped = 0
    var isClosed = false
    var isFinished = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private static let capacity = 64
  private let state = Lock(State())
  private let wakeup: Semaphore
  private let write: @Sendable ([UInt8]) -> Void

  /// `write` is called on the writer's thread only.
  package init(write: @escaping @Sendable ([UInt8]) -> Void) {
    self.write = write
    wakeup = Semaphore()
  }

  /// Batches that were lost to a slow disk.
  package var dropped: Int { state.withLock { $0.dropped } }

  /// Gives an empty buffer with room in exchange.
  func submit(_ batch: consuming [UInt8]) -> [UInt8] {
    let batch = batch
    let spare = state.withLock { state -> [UInt8] in
      guard state.batches.count < Self.capacity else {
        state.dropped += 1
        return batch
      }
      state.batches.append(batch)
      return state.spares.popLast() ?? []
    }
    wakeup.signal()
    return spare
  }

  /// Writes until `close`, and then what is left.
  func run() {
    while true {
      wakeup.wait()
      while let batch = state.withLock({ state in state.batches.isEmpty ? nil : state.batches.removeFirst() }) {
        write(batch)
        state.withLock { state in if state.spares.count < 8 { state.spares.append(batch) } }
      }
      if state.withLock({ $0.isClosed && $0.batches.isEmpty }) { return finish() }
    }
  }

  private func finish() {
    let waiting = state.withLock { state in
      state.isFinished = true
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Returns when everything is written after `close`.
  func finished() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if !state.isFinished { state.waiting.append(continuation) }
        return state.isFinished
      }
      if isOver { continuation.resume() }
    }
  }

  func close() {
    state.withLock { $0.isClosed = true }
    wakeup.signal()
  }
}

/// A counting semaphore.
@safe final class Semaphore: @unchecked Sendable {
  private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    unsafe semaphore = .allocate(capacity: 1)
    unsafe semaphore.initialize(to: sem_t())
    unsafe sem_init(semaphore, 0, 0)
  }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  func signal() { unsafe sem_post(semaphore) }
  func wait() { while unsafe sem_wait(semaphore) != 0 {} }
}
