import Glibc
import Logging
import Model
import Operations

/// `SupervisorStandIn FOLDER NAME=SCRIPT...` runs each script by /bin/sh as the daemon would, until FOLDER/end exists. It writes
/// what it did to FOLDER/did.
@main
struct SupervisorStandIn {
  static func main() async {
    let folder = CommandLine.arguments[1]
    let services = CommandLine.arguments.dropFirst(2).map { service($0, in: folder) }
    let log = RotatingFile(path: folder + "/stand-in.log")
    let supervisor = Supervisor(
      directory: StackDirectory(path: folder), logger: .file(log, label: "stand-in"), ownsOrphans: true,
      health: { _ in HealthReport(health: .healthy, next: nil) })
    async let work: Void = supervisor.run()
    while !(await supervisor.isRunning) { await Task.yield() }
    await supervisor.adopt()
    let lines = await supervisor.apply(services)
    RotatingFile(path: folder + "/did").write(Array((lines.joined(separator: "\n") + "\n").utf8).span)
    while unsafe access(folder + "/end", F_OK) != 0 { try? await Task.sleep(for: .milliseconds(20)) }
    await supervisor.stopAll()
    await work
  }

  private static func service(_ argument: String, in folder: String) -> NativeService {
    let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
    let plan = ProcessPlan(command: ["/bin/sh", "-c", parts[1]], directory: folder, stopSeconds: 2)
    return NativeService(name: parts[0], kind: .process(plan), address: nil, health: .none)
  }
}
