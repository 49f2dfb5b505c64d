import FoundationEssentials
import Glibc
import Model
import Monitoring
import Settings

/// Counts what goes through the tunnel listener, from the access records, over restarts. What a kill loses is the last second.
final class TunnelMeter: Sendable {
  private struct State: Sendable {
    var usage = TunnelUsage()
    var kept = TunnelUsage()
    var seenConnections = 0
  }

  private let state = Lock(State())

  /// A batch of records, on the thread that writes them.
  func take(_ batch: Span<UInt8>) {
    let records = TunnelRecord.all(in: batch)
    guard !records.isEmpty else { return }
    let now = WallTime.now()
    state.withLock { state in
      for record in records { state.usage.add(record, now: now) }
    }
  }

  /// `connections`: all since the daemon started.
  func take(connections: Int) {
    state.withLock { state in
      let news = connections - state.seenConnections
      state.seenConnections = connections
      if news > 0 { state.usage.addConnections(news, now: WallTime.now()) }
    }
  }

  func status(_ plan: QuotaPlan) -> QuotaStatus {
    state.withLock { state in
      let now = WallTime.now()
      state.usage.begin(now)
      return state.usage.status(plan, now: now)
    }
  }

  /// Each level once a month.
  func newWarnings(_ status: QuotaStatus) -> [QuotaStatus.Measure] { state.withLock { $0.usage.newWarnings(status) } }

  // MARK: Over restarts

  func restore(_ path: String) {
    guard let text = SmallFile.read(path), let usage = try? JSONDecoder().decode(TunnelUsage.self, from: Data(text.utf8)) else {
      return
    }
    state.withLock { state in
      state.usage = usage
      state.kept = usage
    }
  }

  /// False: it could not be written; errno says why. Nothing is written where nothing changed.
  func keep(_ path: String) -> Bool {
    let (usage, isNew) = state.withLock { ($0.usage, $0.usage != $0.kept) }
    guard isNew, let data = try? JSONEncoder().encode(usage) else { return true }
    guard SmallFile.write(String(decoding: data, as: UTF8.self), to: path, mode: 0o600) else { return false }
    state.withLock { $0.kept = usage }
    return true
  }
}

extension QuotaPlan {
  /// Only ngrok's plans are known.
  init(_ tunnel: TunnelSettings) {
    self = tunnel.provider == .ngrok ? QuotaPlan.ngrok[tunnel.plan.rawValue] ?? .unlimited : .unlimited
  }
}
