import Glibc
import Model
import Synchronization

extension CommandEnvironment {
  /// The real world. What needs the network, the daemon or the users' file is wired where those parts meet; until then those
  /// closures fail with a sentence.
  package static func live() -> CommandEnvironment {
    LiveTerminal.openMissingStreams()
    return CommandEnvironment(
      arguments: Array(CommandLine.arguments.dropFirst()), variables: variables(), currentDirectory: currentDirectory(),
      build: BuildFacts(version: Release.version, swift: swiftVersion), terminal: LiveTerminal.access(),
      files: LiveFiles.access(), daemon: daemon, users: users, machine: LiveMachine.access(), clock: clock,
      loadSettings: LiveSettings.load, verify: { _ in AsyncThrowingStream { throw notWired("verify") } })
  }

  private static var daemon: DaemonAccess {
    DaemonAccess(
      status: { stack in
        if LiveFiles.facts(stack.controlSocket) == nil { return nil }
        throw notWired("the control socket")
      },
      reload: { _ in throw notWired("the control socket") }, restart: { _, _ in throw notWired("the control socket") },
      stop: { _ in throw notWired("the control socket") }, start: LiveDaemonProcess.start,
      terminate: LiveDaemonProcess.terminate, run: { _, _ in throw notWired("serve") })
  }

  private static var users: UserAccess {
    UserAccess(
      list: { _ in throw notWired("the users' file") }, add: { _, _, _ in throw notWired("the users' file") },
      remove: { _, _ in throw notWired("the users' file") }, setPassword: { _, _, _ in throw notWired("the users' file") })
  }

  private static func notWired(_ part: String) -> CommandFailure {
    CommandFailure(.failed, "\(part) is not part of this build")
  }

  private static var clock: ClockAccess {
    ClockAccess(now: { seconds(CLOCK_REALTIME) }, monotonic: { seconds(CLOCK_MONOTONIC) }) { duration in
      try await Task.sleep(for: .seconds(duration))
    }
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func currentDirectory() -> String {
    guard let path = unsafe getcwd(nil, 0) else { return "/" }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }

  private static func variables() -> [String: String] {
    var found: [String: String] = [:]
    var next = unsafe environ
    while let entry = unsafe next.pointee {
      let parts = unsafe String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { found[String(parts[0])] = String(parts[1]) }
      unsafe next = next.advanced(by: 1)
    }
    return found
  }

  private static var swiftVersion: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }
}
