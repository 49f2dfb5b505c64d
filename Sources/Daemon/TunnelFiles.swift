import Glibc
import Model
import Stack

/// What of the tunnel lies on the disk.
struct TunnelFiles {
  let directory: StackDirectory

  /// Nil: there is none. What a service manager handed over at the start counts where the file cannot be read.
  var token: String? {
    let places = [directory.tunnelToken, ProcessEnvironment.credential(TunnelPlan.tokenSecret)].compactMap { $0 }
    return places.lazy.compactMap(SmallFile.read).first { !$0.isEmpty }
  }

  var isClosed: Bool { unsafe access(directory.tunnelClosed, F_OK) == 0 }

  func setClosed(_ isClosed: Bool) throws {
    let isDone = isClosed ? SmallFile.write("", to: directory.tunnelClosed, mode: 0o600) : remove(directory.tunnelClosed)
    guard isDone else { throw failure("write", directory.tunnelClosed) }
  }

  func write(_ plan: TunnelPlan) throws {
    guard let settings = plan.settings, SmallFile.read(settings.path) != settings.text else { return }
    guard SmallFile.write(settings.text, to: settings.path, mode: 0o600) else { throw failure("write", settings.path) }
  }

  private func remove(_ path: String) -> Bool { unsafe unlink(path) == 0 || errno == ENOENT }

  private func failure(_ verb: String, _ path: String) -> DaemonFailure {
    DaemonFailure("cannot \(verb) \(path): \(unsafe String(cString: strerror(errno))); look at it with: ls -ld \(directory.run)")
  }
}
