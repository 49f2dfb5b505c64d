internal import Client
internal import Model

/// Compares this machine's clock with that of servers that the stack talks to anyway.
struct ClockQuestion: Sendable {
  let client: HTTPClient
  let now: @Sendable () -> Double

  /// Seconds that this clock is ahead. Nil: no server answered with a date.
  func offset(_ plan: DoctorPlan) async -> Double? {
    let hosts = (plan.domain.map { [$0] } ?? []) + ["registry-1.docker.io", "registry.ollama.ai"]
    return await withTaskGroup(of: Double?.self) { group in
      for host in hosts { group.addTask { await offset(from: host) } }
      defer { group.cancelAll() }
      for await found in group where found != nil { return found }
      return nil
    }
  }

  private func offset(from host: String) async -> Double? {
    let timeouts = ClientTimeouts(connect: .seconds(3), total: .seconds(4))
    guard let request = try? ClientRequest("HEAD", url: "https://\(host)/", timeouts: timeouts) else { return nil }
    let began = now()
    guard let answer = try? await client.send(request), let date = answer.field("Date").flatMap(HTTPDate.seconds) else {
      return nil
    }
    // The field has no parts of a second, and the answer was on its way for some time.
    return (began + now()) / 2 - (date + 0.5)
  }
}

/// `Tue, 24 Nov 2026 11:46:54 GMT` (RFC 9110, 5.6.7).
enum HTTPDate {
  static func seconds(_ text: String) -> Double? {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else { return nil }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    return Moment.seconds("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
  }
}
