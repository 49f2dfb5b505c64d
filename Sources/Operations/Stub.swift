package import Logging
package import Model
import Client
package actor Supervisor {
  var services: [NativeService] = []
  package init(directory: StackDirectory, logger: Logger, health: @escaping @Sendable (HealthQuestion) async -> HealthReport) {}
  package func adopt() async {}
  package func apply(_ services: [NativeService]) async -> [String] { self.services = services; return [] }
  package func restart(_ name: String) async -> Bool { true }
  package func stopAll() async {}
  package func run() async { while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) } }
  package var statuses: [ServiceStatus] { services.map { ServiceStatus(name: $0.name, state: .healthy, since: 0) } }
}
package enum PortHolder { package static func find(port: UInt16) -> (processIdentifier: Int32, command: String)? { nil } }
package func runCommand(_ c: [String]) async throws -> Int32 { 0 }
