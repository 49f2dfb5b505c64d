/// A service behind the gateway that records every byte and answers as a test's script says. Each connection has its own thread.
package final class ScriptedUpstream: Sendable {
  /// Runs once for each request whose head has come; what it leaves of the body is read after it.
  package typealias Script = @Sendable (UpstreamExchange) throws -> Void

  struct Recording: Sendable {
    var requests = [RecordedRequest]()
    /// Every byte, by connection; connections that never sent one (probes) are not counted.
    var received = [Int: [UInt8]]()
    var ended = Set<Int>()
    var problems = [String]()
    var connections = [WireSocket]()
    var isStopped = false
  }

  package let port: UInt16
  let recording = Monitor(Recording())
  private let script = Monitor<Script>({ try $0.answer() })
  private let listener: WireSocket

  /// Takes a port. Nothing answers there before `start`.
  package init() throws { (listener, port) = try WireSocket.reserved() }

  /// Runs the script for every request from now on. `backlog` and `accepts` are for an upstream whose host does not answer.
  package func start(backlog: Int32 = 128, accepts: Bool = true, _ script: @escaping Script = { try $0.answer() }) {
    self.script.change { $0 = script }
    listener.startListening(backlog: backlog)
    guard accepts else { return }
    startThread { [self] in
      while let socket = listener.accepted() { serve(socket) }
    }
  }

  /// For the requests that come after this.
  package func follow(_ script: @escaping Script) { self.script.change { $0 = script } }

  package func stop() {
    listener.interrupt()
    let open = recording.change { state in
      state.isStopped = true
      return state.connections
    }
    for socket in open { socket.interrupt() }
  }

  private func serve(_ socket: WireSocket) {
    let number = recording.change { state in
      state.connections.append(socket)
      if state.isStopped { socket.interrupt() }
      return state.connections.count - 1
    }
    startThread { [self] in
      do { try converse(socket, number) } catch { note("connection \(number): \(error)") }
      socket.close()
      recording.change { _ = $0.ended.insert(number) }
    }
  }

  private func converse(_ socket: WireSocket, _ number: Int) throws {
    let reader = MessageReader(socket) { [recording] bytes in recording.change { $0.received[number, default: []] += bytes } }
    while let head = try reader.head(.seconds(3600), for: "a request's head") {
      let request = try RecordedRequest(head, connection: number)
      let index = recording.change { state in
        state.requests.append(request)
        return state.requests.count - 1
      }
      let exchange = try UpstreamExchange(request, index, reader, recording)
      try script.value(exchange)
      guard !exchange.isOver else { return }
      try exchange.finishReading()
    }
  }

  private func note(_ problem: String) { recording.change { $0.problems.append(problem) } }
}

extension ScriptedUpstream {
  /// Requests whose head has come, in the order in which they came.
  package var requests: [RecordedRequest] { recording.value.requests }
  /// Every byte from every connection.
  package var receivedBytes: [UInt8] { recording.value.received.sorted { $0.key < $1.key }.flatMap(\.value) }
  /// What went wrong on a connection: broken requests, and peers that left a script half done.
  package var problems: [String] { recording.value.problems }

  /// Waits until `count` requests have come to their end.
  @discardableResult
  package func complete(_ count: Int, _ deadline: Deadline = .patient) throws -> [RecordedRequest] {
    try waitFor("\(count) complete requests", deadline) { $0.requests.filter(\.isComplete).count >= count }.requests
  }

  /// Waits until the heads of `count` requests have come.
  @discardableResult
  package func heads(_ count: Int, _ deadline: Deadline = .patient) throws -> [RecordedRequest] {
    try waitFor("\(count) request heads", deadline) { $0.requests.count >= count }.requests
  }

  /// Waits until the body of the request at `index` has `count` bytes.
  package func body(of index: Int, _ count: Int, _ deadline: Deadline = .patient) throws {
    try waitFor("\(count) bytes of a request's body", deadline) {
      $0.requests.count > index && $0.requests[index].body.count >= count
    }
  }

  /// Waits until every connection that brought bytes is over.
  package func allEnded(_ deadline: Deadline = .patient) throws {
    try waitFor("the end of the connections to the upstream", deadline) { $0.received.keys.allSatisfy($0.ended.contains) }
  }

  @discardableResult
  private func waitFor(_ what: String, _ deadline: Deadline, _ condition: (Recording) -> Bool) throws -> Recording {
    guard let state = recording.wait(deadline, { condition($0) ? $0 : nil }) else {
      let seen = requests.map { "\($0.head.startLine) (\($0.body.count) bytes of body)" }
      throw WireError.timedOut("\(what) at the upstream; it got \(seen), problems \(problems)")
    }
    return state
  }
}
