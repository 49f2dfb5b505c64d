import FoundationEssentials
import Glibc
import Model

/// JSON that a program printed.
func decoded<Value: Decodable>(_ type: Value.Type = Value.self, from text: String) throws -> Value {
  do {
    return try JSONDecoder().decode(type, from: Data(text.utf8))
  } catch {
    throw TestFailure("not the JSON that was meant (\(error)): \(text.prefix(2000))")
  }
}

extension TemporaryStack {
  func status() async throws -> StackStatus {
    struct Report: Decodable { var status: StackStatus }
    return try decoded(Report.self, from: try await leanto("status", "--json").output).status
  }

  /// The process id of the daemon, by its lock file; nil without one.
  var daemon: pid_t? {
    pid_t(TemporaryFolder.text(of: directory.daemonLock).split { !$0.isNumber }.first.map(String.init) ?? "")
  }

  func service(_ name: String) async throws -> ServiceStatus {
    guard let service = try await status().services.first(where: { $0.name == name }) else {
      throw TestFailure("there is no service \(name)")
    }
    return service
  }
}
