import Glibc
import Model
import Settings
import Synchronization

extension CommandEnvironment {
  /// The real world.
  package static func live() -> CommandEnvironment {
    LiveTerminal.openMissingStreams()
    let daemon = LiveDaemon()
    var environment = CommandEnvironment(
      arguments: Array(CommandLine.arguments.dropFirst()), variables: variables(), currentDirectory: currentDirectory(),
      build: BuildFacts(version: Release.version, swift: swiftVersion), terminal: LiveTerminal.access(),
      files: LiveFiles.access(), daemon: daemon.access, users: LiveUsers.access, keys: LiveKeys.access,
      certificates: LiveCertificates.access,
      models: LiveModels.access(), doctor: LiveDoctor.access(),
      machine: LiveMachine.access(), containers: LiveContainers(daemon: daemon).access, clock: clock,
      loadSettings: { path, variables throws(SettingsProblems) in try SettingsFile.load(path: path, environment: variables) },
      verify: LiveVerification(daemon: daemon).proofs)
    environment.serviceManager = LiveServiceManager.access
    return environment
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

  static func variables() -> [String: String] {
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
