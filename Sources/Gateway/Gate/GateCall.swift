import HTTP
package import Model

/// One request at the model's gate, beside its exchange.
final class GateCall {
  enum Stage {
    /// The door is asked, or the body is read.
    case arriving
    /// In the queue.
    case waiting
    /// With a server.
    case serving
  }

  let form: GateForm
  var stage = Stage.arriving
  var verb = GateVerb.facts
  /// For the server: the request line and fields, but for Host and Content-Length.
  var head: [UInt8] = []
  var body: [UInt8] = []
  /// Bytes of the loop's room that are kept for the body.
  var reserved = 0
  /// Index of the user that the door named.
  var key: Int32 = -1
  /// Nil: all.
  var models: Set<String>?
  /// The server, where a place in the queue is held.
  var place: Address?
  var model: String?
  /// Servers that did not accept a connection.
  var failed: [Address] = []
  /// Where Host lies in what is sent.
  var hostField = 0..<0
  var usage = UsageScanner()
  /// Whether a comment may be sent while nothing comes: the client reads server-sent events.
  var takesComments = false
  /// A head and comments were sent already: what follows has to be an event.
  var hasBegun = false
  /// An answer that was no stream, for a client that has begun to read one: collected, to become an event.
  var isSwallowing = false
  /// What the client is told instead of what stands for the status.
  var reason: String?
  /// Milliseconds: when the client is told that it took too long, and when the next comment is due.
  var giveUpAt = Int64.max
  var nextComment = Int64.max

  init(_ form: GateForm) { self.form = form }

  /// An answer of the gate's own.
  func answer(_ status: Int) -> [UInt8] { form.body(status, reason ?? GateForm.message(status)) }

  /// A piece of the request's body, or of an answer that becomes an event.
  func collect(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    guard !isSwallowing || body.count < 64 << 10 else { return }
    append(bytes, range, to: &body)
  }

  var deadline: Int64 { min(giveUpAt, takesComments ? nextComment : .max) }

  /// Counts what passes to the client. `body`: its state before these bytes.
  func observe(_ bytes: Span<UInt8>, _ range: Range<Int>, _ body: BodyState) {
    guard case .chunked(var chunked) = body else { return usage.scan(bytes.extracting(range)) }
    var at = range.lowerBound
    while at < range.upperBound, !chunked.isDone {
      guard let segment = try? chunked.next(bytes, from: at) else { return }
      if segment.kind == .data { usage.scan(bytes.extracting(at..<segment.end)) }
      at = segment.end
    }
  }

  /// Read and made. A stream that tells nothing has about a token a piece.
  var tokens: (prompt: Int, generated: Int) {
    guard verb == .inference else { return (0, 0) }
    let isTold = usage.prompt > 0 || usage.generated > 0
    return (usage.prompt, isTold ? usage.generated : max(0, usage.objects - 1))
  }
}

extension GatewayConfiguration {
  /// The model's gate.
  package struct Gate: Sendable {
    package var api: ModelAPI
    package var hosts: [ModelHost]
    /// Requests that the models work on at once, over all hosts; as many as `queue` wait.
    package var concurrency: Int
    package var queue: Int
    /// Bytes of a request's body.
    package var body = 32 << 20
    /// Milliseconds of nothing after which a reader of events gets a comment.
    package var silence: Int64 = 15_000
    /// `user`: as the door names it. Called at the end of each request that counted any.
    package var noteTokens: @Sendable (_ user: String, _ prompt: Int, _ generated: Int) -> Void

    package init(
      api: ModelAPI, hosts: [ModelHost], concurrency: Int, queue: Int,
      noteTokens: @escaping @Sendable (_ user: String, _ prompt: Int, _ generated: Int) -> Void
    ) {
      self.api = api
      self.hosts = hosts
      self.concurrency = concurrency
      self.queue = queue
      self.noteTokens = noteTokens
    }
  }
}
