import Client
import Glibc
import Model
import Operations

enum LiveDoctor {
  static func access() -> DoctorAccess {
    DoctorAccess(
      examine: { plan in
        let checks = DoctorChecks.all(
          plan, client: HTTPClient(), variables: CommandEnvironment.variables(),
          now: {
            var time = timespec()
            unsafe clock_gettime(CLOCK_REALTIME, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
          })
        return await Doctor.examine(checks)
      }, fix: fix)
  }

  private static func fix(_ fix: Finding.Fix) throws {
    switch fix {
    case .mode(let path, let mode):
      guard unsafe chmod(path, mode) == 0 else {
        throw CommandFailure(.failed, "cannot change the mode of \(path): \(lastError())")
      }
    case .folder(let path, let mode): try LiveFiles.makeDirectory(path, mode: mode)
    }
  }
}
