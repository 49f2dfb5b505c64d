import Client
import Model
import Monitoring
import Operations

/// How probes reach the services.
enum LiveProbes {
  static func probes(client: HTTPClient) -> Probes {
    Probes(
      http: { address, path in
        let request = ClientRequest(at: address, target: path)
        let answer = try await client.send(request, bodyLimit: 64 * 1024)
        return (answer.status, answer.body)
      },
      connect: { try await client.reach($0) },
      command: { try await CommandRun.status(of: $0, for: $1) })
  }
}
