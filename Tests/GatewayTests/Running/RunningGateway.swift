import Gateway
import Model
import TestSupport

/// A gateway in this process with one service behind it, and what it recorded.
final class RunningGateway: Sendable {
  let gateway: Gateway
  let upstream: ScriptedUpstream
  private let lines: Monitor<[String]>

  private init(workers: Int) throws {
    let lines = Monitor([String]())
    self.lines = lines
    upstream = try ScriptedUpstream()
    gateway = Gateway(workers: workers) { batch in
      lines.change { $0 += latin1(batch).split(separator: "\n").map(String.init) }
    }
  }

  /// Everything goes to the service, past an open door; `change` makes it otherwise.
  func configuration(_ change: (inout GatewayConfiguration) -> Void = { _ in }) -> GatewayConfiguration {
    var configuration = GatewayConfiguration(
      listeners: [Listener(kind: .local, address: .tcp(host: "127.0.0.1", port: 0))],
      routes: [Route(service: "service", target: .upstream(.tcp(host: "127.0.0.1", port: upstream.port)))],
      makeDoor: Self.openDoor, answers: [:], handler: { _ in LocalResponse(type: "text/plain", text: "page") })
    change(&configuration)
    return configuration
  }

  static let openDoor: DoorMaker = { _, _ in Door(userNames: []) { _, _, _, _, _ in .pass(user: nil, isOurs: false) } }

  /// Runs `body` with it and ends everything afterwards, also when `body` throws. `body` may block its thread.
  static func with(
    workers: Int = 1, _ change: @Sendable (inout GatewayConfiguration) -> Void = { _ in },
    script: @escaping ScriptedUpstream.Script = { try $0.answer() },
    _ body: @Sendable (RunningGateway) async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(BlockingExecutor.shared) {
      let running = try RunningGateway(workers: workers)
      running.upstream.start(script)
      defer { running.upstream.stop() }
      try running.gateway.apply(running.configuration(change))
      async let pages: Void = running.gateway.run()
      do { try await body(running) } catch {
        running.gateway.stop()
        await running.gateway.drain()
        throw error
      }
      running.gateway.stop()
      await running.gateway.drain()
      await pages
    }
  }

  var port: UInt16 {
    guard case .tcp(_, let port)? = gateway.listeners.first?.address else { return 0 }
    return port
  }

  func connect(receiveBuffer: Int32? = nil) throws -> RawConnection {
    try RawConnection(port: port, receiveBuffer: receiveBuffer)
  }

  /// A connection that has sent one request.
  func ask(_ path: String = "/", _ fields: String = "") throws -> RawConnection {
    let client = try connect()
    try client.send(get(path, fields))
    return client
  }

  /// The access records, once there are `count`.
  func records(_ count: Int) throws -> [String] {
    guard let found = lines.wait(.patient, { $0.count >= count ? $0 : nil }) else {
      throw WireError.timedOut("\(count) records; there are \(lines.value)")
    }
    return found
  }

  var recorded: [String] { lines.value }
}

func get(_ path: String = "/", _ fields: String = "") -> String { "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n" }

/// Polls until `condition` holds; a test that waits in vain fails here.
func wait(for what: String, _ condition: () -> Bool) async throws {
  let deadline = Deadline.patient
  while !condition() {
    if deadline.isPast { throw WireError.timedOut(what) }
    try await Task.sleep(for: .milliseconds(5))
  }
}
