internal import Glibc
internal import Model

/// A log that cannot grow without end: `name.log` of at most `limit` bytes, then `name.log.1` (the youngest) to `name.log.4`.
///
/// Writing never fails for the caller. What a full disk, a missing folder or a read-only one refuses is dropped and counted, and
/// the next write tries again.
package final class RotatingFile: Sendable {
  package static let usualLimit = 10 * 1024 * 1024
  package static let usualCount = 5

  private struct State: Sendable {
    var descriptor: Int32 = -1
    var size = 0
    var droppedBytes = 0
  }

  package let path: String
  /// Bytes a file.
  package let limit: Int
  /// Files, the one being written included.
  package let count: Int
  private let state = Lock(State())

  /// Touches nothing: the file is opened by the first write, with mode 0600 where it is new.
  package init(path: String, limit: Int = usualLimit, count: Int = usualCount) {
    self.path = path
    self.limit = max(1, limit)
    self.count = max(1, count)
  }

  deinit {
    let descriptor = state.withLock { $0.descriptor }
    if descriptor >= 0 { close(descriptor) }
  }

  package var droppedBytes: Int { state.withLock { $0.droppedBytes } }

  /// Appends, rotating where the file would grow past its limit. Returns how many bytes were dropped.
  @discardableResult
  package func write(_ bytes: Span<UInt8>) -> Int {
    state.withLock { state in
      var start = 0
      while start < bytes.count {
        let piece = writePiece(bytes.extracting(start..<bytes.count), &state)
        start += piece.written
        guard piece.isWhole else { break }
      }
      let dropped = bytes.count - start
      state.droppedBytes += dropped
      return dropped
    }
  }

  /// Writes what fits into one file. Not whole: nothing more can be written now.
  private func writePiece(_ bytes: Span<UInt8>, _ state: inout State) -> (written: Int, isWhole: Bool) {
    openAgainWhenMoved(&state)
    open(&state)
    // A record is kept whole where it fits into a file at all.
    if state.size > 0, state.size + min(bytes.count, limit) > limit { rotate(&state) }
    open(&state)
    let wanted = min(bytes.count, max(0, limit - state.size))
    guard state.descriptor >= 0, wanted > 0 else { return (0, false) }
    let written = writeAll(bytes.extracting(0..<wanted), to: state.descriptor)
    state.size += written
    return (written, written == wanted)
  }

  private func open(_ state: inout State) {
    guard state.descriptor < 0 else { return }
    state.descriptor = unsafe Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    var information = stat()
    if state.descriptor >= 0, unsafe fstat(state.descriptor, &information) == 0 { state.size = Int(information.st_size) }
  }

  /// Somebody may have removed or moved the file: what is written then would be seen by nobody.
  private func openAgainWhenMoved(_ state: inout State) {
    var information = stat()
    guard state.descriptor >= 0 else { return }
    if unsafe fstat(state.descriptor, &information) != 0 || information.st_nlink == 0 { shut(&state) }
  }

  private func rotate(_ state: inout State) {
    shut(&state)
    for index in stride(from: count - 1, to: 0, by: -1) {
      unsafe rename(index == 1 ? path : "\(path).\(index - 1)", "\(path).\(index)")
    }
    // With one file only, or where renaming is refused, its content makes room: the limit holds in any case.
    var information = stat()
    if unsafe stat(path, &information) == 0 { unsafe truncate(path, 0) }
  }

  private func shut(_ state: inout State) {
    if state.descriptor >= 0 { close(state.descriptor) }
    state.descriptor = -1
    state.size = 0
  }
}
