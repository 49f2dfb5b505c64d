import Access
import FoundationEssentials
import Model
import Operations

/// What the verbs ask the daemon, over the control socket. Whoever can open that socket (0600) owns the stack.
struct ControlPages: Sendable {
  let services: DaemonServices

  func handle(_ request: LocalRequest) async -> LocalResponse {
    switch (request.method, request.path) {
    case ("GET", ControlPath.status): return json(await services.status())
    case ("POST", ControlPath.reload): return json(await services.reload())
    case ("GET", ControlPath.plan): return await plan()
    case ("POST", ControlPath.restart): return json(await restart(request.query))
    case ("POST", ControlPath.verification): return json(await services.verificationBrief())
    case ("GET", ControlPath.lockouts): return json(services.policy.lockouts())
    case ("POST", ControlPath.unlock):
      return json(UnlockReport(unlocked: services.policy.unlock(String(decoding: request.body, as: UTF8.self))))
    case ("POST", ControlPath.tunnel):
      return json(await services.setTunnel(isOpen: String(decoding: request.body, as: UTF8.self) == "open"))
    case ("POST", ControlPath.stop):
      services.orders.yield(.terminate)
      return LocalResponse(status: 202, type: "text/plain", text: "stopping\n")
    default: return LocalResponse(status: 404, type: "text/plain", text: "no such command; see leanto --help\n")
    }
  }

  private func plan() async -> LocalResponse {
    guard let report = await services.preview() else {
      return LocalResponse(status: 409, type: "text/plain", text: "the settings have problems\n")
    }
    return json(report)
  }

  private func restart(_ name: String) async -> RestartReport {
    let names = await services.supervisor.statuses.map(\.name)
    let containers = await services.containers.reports
    guard !name.isEmpty else {
      for name in names {
        if containers[name] == nil {
          _ = await services.supervisor.restart(name)
        } else {
          _ = await services.containers.restart(name)
        }
      }
      return RestartReport(restarted: names)
    }
    if containers[name] != nil {
      let problem = await services.containers.restart(name)?.text
      return RestartReport(restarted: problem == nil ? [name] : [], problem: problem)
    }
    guard await services.supervisor.restart(name) else {
      return RestartReport(
        restarted: [], problem: "no service is named \(name); there are: \(names.joined(separator: ", "))")
    }
    return RestartReport(restarted: [name])
  }

  private func json(_ value: some Encodable) -> LocalResponse {
    guard let data = try? JSONEncoder().encode(value) else {
      return LocalResponse(status: 500, type: "text/plain", text: "the answer could not be written\n")
    }
    return LocalResponse(status: 200, fields: [("Content-Type", "application/json")], body: .bytes(Array(data)))
  }
}
