internal import Model

/// What comes in on one connection, from the loop's thread to the one task that reads it. Holds `limit` bytes, and the piece
/// that went over it.
final class Inflow: Sendable {
  static let limit = 64 * 1024

  private let state = Lock(InflowState())
  /// Asks the loop to go on reading.
  private let resume: @Sendable () -> Void

  init(resume: @escaping @Sendable () -> Void) { self.resume = resume }

  /// The answer's head is there, or for a bare connection: it stands.
  func open(_ head: ResponseHead) { state.withLock { $0.open(head) }?() }

  /// False when there is no room: the piece was not taken, and `resume` will be called.
  func push(_ piece: [UInt8]) -> Bool {
    let (isTaken, wake) = state.withLock { $0.push(piece) }
    wake?()
    return isTaken
  }

  /// The first ending counts. Nil: all is well and complete.
  func finish(_ error: ClientError?) { state.withLock { $0.finish(error) }.forEach { $0() } }

  /// Whether bytes that come now would be taken. False: `resume` will be called when they would.
  func hasRoom() -> Bool { state.withLock { $0.hasRoom() } }

  /// How it ended, where that was not well.
  var failure: ClientError? { state.withLock { $0.failure } }

  func head() async -> Result<ResponseHead, ClientError> {
    await withCheckedContinuation { continuation in
      state.withLock { $0.waitForHead(continuation) }?()
    }
  }

  /// The next piece; nil at the end.
  func next() async -> Result<[UInt8]?, ClientError> {
    let piece = await withCheckedContinuation { continuation in
      state.withLock { $0.waitForPiece(continuation) }?()
    }
    if state.withLock({ $0.takeResume() }) { resume() }
    return piece
  }
}

/// The decisions of an inflow. Functions return what to do after the lock is given back.
private struct InflowState {
  typealias Wake = @Sendable () -> Void

  private var head: ResponseHead?
  private var pieces: [[UInt8]] = []
  private var firstPiece = 0
  private var bytes = 0
  private var ending: Result<Void, ClientError>?
  private var headWaiter: CheckedContinuation<Result<ResponseHead, ClientError>, Never>?
  private var pieceWaiter: CheckedContinuation<Result<[UInt8]?, ClientError>, Never>?
  private var wantsResume = false

  var failure: ClientError? {
    guard case .failure(let error)? = ending else { return nil }
    return error
  }

  mutating func hasRoom() -> Bool {
    if bytes < Inflow.limit { return true }
    wantsResume = true
    return false
  }

  mutating func open(_ head: ResponseHead) -> Wake? {
    self.head = head
    guard let waiter = headWaiter else { return nil }
    headWaiter = nil
    return { waiter.resume(returning: .success(head)) }
  }

  mutating func push(_ piece: [UInt8]) -> (isTaken: Bool, wake: Wake?) {
    if let waiter = pieceWaiter {
      pieceWaiter = nil
      return (true, { waiter.resume(returning: .success(piece)) })
    }
    guard hasRoom() else { return (false, nil) }
    pieces.append(piece)
    bytes += piece.count
    return (true, nil)
  }

  mutating func finish(_ error: ClientError?) -> [Wake] {
    guard ending == nil else { return [] }
    ending = error.map { .failure($0) } ?? .success(())
    if error == .cancelled { dropPieces() }
    var wakes: [Wake] = []
    if let waiter = headWaiter { wakes.append { waiter.resume(returning: .failure(error ?? .cancelled)) } }
    if let waiter = pieceWaiter { wakes.append { waiter.resume(returning: error.map { .failure($0) } ?? .success(nil)) } }
    (headWaiter, pieceWaiter) = (nil, nil)
    return wakes
  }

  mutating func waitForHead(_ waiter: CheckedContinuation<Result<ResponseHead, ClientError>, Never>) -> Wake? {
    if let head { return { waiter.resume(returning: .success(head)) } }
    if case .failure(let error)? = ending { return { waiter.resume(returning: .failure(error)) } }
    headWaiter = waiter
    return nil
  }

  mutating func waitForPiece(_ waiter: CheckedContinuation<Result<[UInt8]?, ClientError>, Never>) -> Wake? {
    if let piece = takePiece() { return { waiter.resume(returning: .success(piece)) } }
    if let ending { return { waiter.resume(returning: ending.map { nil }) } }
    guard pieceWaiter == nil else {
      return { waiter.resume(returning: .failure(.invalidRequest("two tasks read one answer"))) }
    }
    pieceWaiter = waiter
    return nil
  }

  /// True once, when the loop stopped reading and half of the room is free again.
  mutating func takeResume() -> Bool {
    guard wantsResume, bytes <= Inflow.limit / 2 else { return false }
    wantsResume = false
    return true
  }

  private mutating func takePiece() -> [UInt8]? {
    guard firstPiece < pieces.count else { return nil }
    let piece = pieces[firstPiece]
    firstPiece += 1
    bytes -= piece.count
    if firstPiece == pieces.count { dropPieces() }
    return piece
  }

  private mutating func dropPieces() {
    pieces.removeAll(keepingCapacity: false)
    (firstPiece, bytes) = (0, 0)
  }
}
