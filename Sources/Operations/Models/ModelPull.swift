internal import Client
internal import FoundationEssentials

/// How far a pull is.
package struct PullProgress: Sendable, Hashable, Codable {
  /// As the server says it: `pulling manifest`, `pulling <12 digits>`, `verifying sha256 digest`, `writing manifest`, `success`.
  package var status: String
  /// Bytes of all layers that are known so far.
  package var completed: Int
  package var total: Int

  package init(status: String, completed: Int, total: Int) {
    self.status = status
    self.completed = completed
    self.total = total
  }
}

/// Lines of a pull in, progress out; and whether a pull that broke off is worth another try. Pure.
struct PullTracker {
  /// So many tries in a row that brought nothing are the end.
  static let triesWithoutProgress = 3

  private var layers: [String: (completed: Int, total: Int)] = [:]
  private(set) var isDone = false
  private var lastBytes = 0
  private var fruitless = 0

  mutating func take(_ line: some Sequence<UInt8>) throws(ModelError) -> PullProgress {
    guard let said = try? JSONDecoder().decode(PullLine.self, from: Data(line)) else {
      throw .unreadable("a line of the pull is not JSON of the expected kind")
    }
    if let message = said.error { throw .gaveUp(message: message) }
    if let digest = said.digest, let total = said.total { layers[digest] = (said.completed ?? 0, total) }
    if said.status == "success" { isDone = true }
    return PullProgress(status: said.status ?? "", completed: completed, total: layers.values.reduce(0) { $0 + $1.total })
  }

  private var completed: Int { layers.values.reduce(0) { $0 + $1.completed } }

  /// After a try that failed: the server goes on where it was, so that each try which brought bytes earns another one. A registry
  /// that does not know the model, or cannot be reached, has sent no layer.
  mutating func mayTryAgain() -> Bool {
    fruitless = completed > lastBytes ? 0 : fruitless + 1
    lastBytes = max(lastBytes, completed)
    return !layers.isEmpty && fruitless < Self.triesWithoutProgress
  }
}

private struct PullLine: Decodable {
  var status: String?
  var digest: String?
  var total: Int?
  var completed: Int?
  var error: String?
}

extension ModelServer {
  /// Has the server get a model from its registry; `report` hears of every step. A pull that breaks off is taken up again where it
  /// was. Cancelling stops it; what is there by then stays. Only for Ollama.
  package func pull(_ model: String, report: @Sendable (PullProgress) async -> Void) async throws(ModelError) {
    var tracker = PullTracker()
    while true {
      do throws(ModelError) {
        try await pullOnce(model, &tracker, report)
        return
      } catch {
        if case .refused = error { throw error }
        guard !Task.isCancelled, tracker.mayTryAgain() else { throw error }
        try? await Task.sleep(for: .milliseconds(500))
      }
    }
  }

  private func pullOnce(
    _ model: String, _ tracker: inout PullTracker, _ report: @Sendable (PullProgress) async -> Void
  ) async throws(ModelError) {
    let stream: ClientStream
    do throws(ClientError) {
      let request = try ClientRequest(
        "POST", url: address + "/api/pull", fields: [("Content-Type", "application/json")], body: ModelName(model: model).json,
        timeouts: .stream)
      stream = try await client.stream(request)
    } catch {
      throw .unreachable(error)
    }
    guard stream.status == 200 else { throw await refusal(stream) }
    try await read(stream, &tracker, report)
    guard tracker.isDone else { throw .gaveUp(message: "the pull ended in the middle.") }
  }

  private func read(
    _ stream: ClientStream, _ tracker: inout PullTracker, _ report: @Sendable (PullProgress) async -> Void
  ) async throws(ModelError) {
    var rest: [UInt8] = []
    var pieces = stream.makeAsyncIterator()
    while true {
      let piece: [UInt8]?
      do throws(ClientError) { piece = try await pieces.next() } catch { throw .unreachable(error) }
      guard let piece else { break }
      rest += piece
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        if end > 0 { await report(try tracker.take(rest[..<end])) }
        rest.removeFirst(end + 1)
      }
      guard rest.count <= AnswerReader.lineLimit else { throw .unreadable("a line of its answer has no end") }
    }
    if !rest.isEmpty { await report(try tracker.take(rest)) }
  }
}
