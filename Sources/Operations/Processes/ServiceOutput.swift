internal import CLinux
internal import Glibc
internal import Logging
internal import Model

/// What a service prints, on its way into its rotated log.
///
/// The way is a named pipe in `run/` that both sides open for reading *and* writing. So a service whose daemon was killed never
/// meets a closed pipe (no SIGPIPE, no error), a later daemon opens the same name and reads on, rotation loses nothing, and a full
/// disk is met by the daemon and not by the service. The price: without any daemon a service that printed a mebibyte waits in
/// its next print for one.
final class ServiceOutput: Sendable {
  private struct State: Sendable {
    var tail: [UInt8] = []
    var isDropping = false
    var filter = OutputFilter()
  }

  static let tailLimit = 4096

  private let service: String
  private let pipe: Descriptor
  private let path: String
  private let log: RotatingFile
  private let logger: Logger
  private let state = Lock(State())

  /// Throws where no pipe can be made there.
  init(service: String, pipe path: String, log: RotatingFile, logger: Logger) throws(CannotStart) {
    guard let pipe = Self.openPipe(path) else {
      let reason = unsafe String(cString: strerror(errno))
      throw CannotStart(description: "cannot keep its output: \(path): \(reason)")
    }
    _ = linux_set_pipe_size(pipe.number, 1 << 20)
    self.service = service
    self.pipe = pipe
    self.path = path
    self.log = log
    self.logger = logger
  }

  /// The end for a process, opened anew: its flags (a program may make it non-blocking) are not ours.
  func endForProcess() -> Descriptor? { Descriptor(opening: path, O_RDWR | O_NOFOLLOW) }

  func watch(with reactor: Reactor) -> UInt64 {
    reactor.watch(pipe) { [self] in
      moveOnce()
      return true
    }
  }

  func forget(with reactor: Reactor, _ token: UInt64) { reactor.forget(pipe, token) }

  /// Moves what is there now. Bounded, so that a service that never stops printing holds up nobody.
  func drain() {
    for _ in 0..<64 { guard moveOnce() else { return } }
  }

  /// From now on these texts are taken out.
  func hide(_ texts: [String]) { state.withLock { $0.filter.hide(texts) } }

  /// From now on `lastLines` tells of a new start.
  func beginAnew() { state.withLock { $0.tail = [] } }

  /// The last three lines that were printed, in one.
  var lastLines: String {
    let tail = state.withLock { $0.tail }
    let lines = tail.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.map { String(decoding: $0, as: UTF8.self) }
    return lines.filter { !$0.allSatisfy(\.isWhitespace) }.suffix(3).joined(separator: " / ")
  }

  @discardableResult
  private func moveOnce() -> Bool {
    // The reactor and whoever drains take turns for the whole of it: otherwise what one has read could be written after what the
    // other read later, and the last lines of a service that ended could still be on their way.
    let change: (isChange: Bool, isDropping: Bool)? = state.withLock { state in
      guard let raw = pipe.read(upTo: 65536), !raw.isEmpty else { return nil }
      let bytes = state.filter.pass(raw)
      let isDropping = log.write(bytes.span) > 0
      state.tail = Array((state.tail + bytes.suffix(Self.tailLimit)).suffix(Self.tailLimit))
      defer { state.isDropping = isDropping }
      return (state.isDropping != isDropping, isDropping)
    }
    guard let change else { return false }
    if change.isChange { tellOfDropping(change.isDropping) }
    return true
  }

  private func tellOfDropping(_ isDropping: Bool) {
    if isDropping {
      logger.warning("the output of a service cannot be kept", ["service": service, "log": log.path])
    } else {
      let total = "\(log.droppedBytes)"
      logger.info("the output of a service is kept again", ["service": service, "log": log.path, "droppedBytes": total])
    }
  }

  private static func openPipe(_ path: String) -> Descriptor? {
    var information = stat()
    if unsafe lstat(path, &information) == 0, information.st_mode & S_IFMT != S_IFIFO { unsafe unlink(path) }
    guard unsafe mkfifo(path, 0o600) == 0 || errno == EEXIST else { return nil }
    return Descriptor(opening: path, O_RDWR | O_NONBLOCK | O_NOFOLLOW)
  }
}
