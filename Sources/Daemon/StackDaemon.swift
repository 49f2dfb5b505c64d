import Client
import Glibc
package import Logging
package import Model
import Settings
import Stack

/// `leanto serve`: one stack, in the foreground, until it is told to end.
package enum StackDaemon {
  /// - Throws: `DaemonFailure`, or `SettingsProblems` when it cannot start.
  package static func run(_ directory: StackDirectory, logger: Logger) async throws {
    let signals = Signals.stream()
    ProcessEnvironment.raiseDescriptorLimit()
    guard SmallFile.makeDirectory(directory.run) else {
      throw DaemonFailure("cannot make \(directory.run): \(unsafe String(cString: strerror(errno)))")
    }
    let lock = try lock(directory)
    defer { withExtendedLifetime(lock) {} }
    let settings = try SettingsFile.load(path: directory.settings, environment: ProcessEnvironment.all())
    let client = HTTPClient()
    let docker = DockerWatch(directory: directory)
    let plan = try await DaemonPlanner(directory: directory, client: client, docker: docker).plan(settings)
    let (orders, continuation) = AsyncStream<StackSignal>.makeStream()
    let services = DaemonServices(
      directory: directory, settings: settings, plan: plan, client: client, docker: docker, logger: logger,
      orders: continuation)
    try await services.start()
    logger.info("Ready", ["stack": directory.path, "version": Release.version])
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await services.run() }
      group.addTask { for await signal in signals { continuation.yield(signal) } }
      for await order in orders {
        guard order == .reload else { break }
        _ = await services.reload()
      }
      logger.info("Stopping")
      await stop(services, orders, logger)
      group.cancelAll()
    }
    logger.info("Stopped")
  }

  /// A second SIGTERM, or Ctrl-C, waits for nothing any more.
  private static func stop(_ services: DaemonServices, _ orders: AsyncStream<StackSignal>, _ logger: Logger) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for await order in orders where order == .terminate {
          logger.warning("Told twice to stop: what still runs is cut")
          return await services.hurry()
        }
      }
      await services.stop()
      group.cancelAll()
    }
  }

  private static func lock(_ directory: StackDirectory) throws -> DaemonLock {
    do {
      return try DaemonLock(path: directory.daemonLock)
    } catch let held as DaemonLock.Held {
      let who = held.processIdentifier > 0 ? "process \(held.processIdentifier)" : "another process"
      throw DaemonFailure("\(who) already runs this stack; stop it with: leanto down --stack \(directory.path)", .busy)
    }
  }
}
