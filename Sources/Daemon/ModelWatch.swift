import Client
import Model
import Monitoring
import Operations
import Settings

extension DaemonServices {
  /// Looks at the model's server at the probes' interval.
  func watchModel() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(settings.monitoring.interval))
      if !Task.isCancelled { await model.look(at: WallTime.now()) }
    }
  }
}

extension StackModel {
  /// A real answer is the best proof.
  func answered() {
    health.answered(at: WallTime.now())
    known?.status.problem = nil
  }

  /// Asks what `ModelHealth` wants to know. A server that is not known is looked for.
  func look(at now: Double) async {
    guard let (status, server) = known else {
      _ = await self.status()
      return
    }
    switch health.next(model: status.name, at: now) {
    case .presence: await list(status.name, server, now)
    case .generation(let model): await generate(model, server, now)
    }
    // It may be another one by now.
    if known?.server.address == server.address { known?.status.problem = health.problem }
  }

  private func list(_ wanted: String, _ server: ModelServer, _ now: Double) async {
    do throws(ModelError) {
      let names = try await server.models()
      let loaded = try await server.loaded() ?? []
      let remaining = loaded.map { ($0.name, ($0.expires.flatMap(Moment.seconds) ?? now) - now) }
      health.listed(wanted: wanted, names: names, remaining: Dictionary(remaining, uniquingKeysWith: { $1 }))
    } catch {
      health.isSilent("\(error)")
    }
  }

  /// One token, without `keep_alive` and `num_ctx`: either would change what others get.
  private func generate(_ model: String, _ server: ModelServer, _ now: Double) async {
    do throws(ModelError) {
      let timeouts = ClientTimeouts(total: .seconds(60))
      for try await event in try await server.generate(model: model, prompt: "Hi", tokens: 1, timeouts: timeouts) {
        if case .done = event { health.answered(at: now) }
      }
    } catch {
      if case .unreachable(.timedOut) = error {
        health.failed("\(error)", isLate: true)
      } else {
        health.failed("\(error)", isLate: false)
      }
    }
  }
}
