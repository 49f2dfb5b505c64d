import Client
import Model
import Monitoring
import Operations

/// How probes reach the services.
enum LiveProbes {
  static func probes(client: HTTPClient) -> Probes {
    Probes(
      http: { address, path in
        let (host, port) = place(address)
        let request = ClientRequest("GET", host: host, port: port, target: path, connectsTo: address)
        let answer = try await client.send(request, bodyLimit: 64 * 1024)
        return (answer.status, answer.body)
      },
      connect: { try await client.connect(to: $0) },
      command: { try await runCommand($0) })
  }

  private static func place(_ address: Address) -> (String, UInt16) {
    guard case .tcp(let host, let port) = address else { return ("localhost", 80) }
    return (host, port)
  }
}
