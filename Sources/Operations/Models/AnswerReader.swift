internal import FoundationEssentials

package enum GenerationEvent: Sendable, Hashable {
  case text(String)
  /// What a thinking model says to itself.
  case thinking(String)
  /// The last event of an answer that came to its end.
  case done(GenerationSummary)
}

package struct GenerationSummary: Sendable, Hashable {
  /// As the server counts; without its word, the pieces that came.
  package var tokens: Int
  /// The server's own figure, or measured here from the first to the last piece. Nil: too little came to tell.
  package var tokensPerSecond: Double?
  /// Of the prompt, as the server counts; nil: it does not say, or had read it before.
  package var promptTokens: Int?
  package var promptTokensPerSecond: Double?
  /// What loading the model took, before anything else; nil: the server does not say.
  package var loadSeconds: Double?

  package init(tokens: Int, tokensPerSecond: Double?) {
    self.tokens = tokens
    self.tokensPerSecond = tokensPerSecond
  }
}

/// Bytes of an answer in, events out, however the bytes are split.
struct AnswerReader {
  typealias Instant = SuspendingClock.Instant

  /// No line of a model server is longer.
  static let lineLimit = 1 << 20

  private let api: ModelServer.API
  private var line: [UInt8] = []
  private var pieces = 0
  private var first: Instant?
  private var last: Instant?
  private var told = GenerationSummary(tokens: 0, tokensPerSecond: nil)
  private var isFinished = false
  private(set) var isDone = false

  init(api: ModelServer.API) { self.api = api }

  mutating func take(_ bytes: [UInt8], at now: Instant) throws(ModelError) -> [GenerationEvent] {
    var events: [GenerationEvent] = []
    for byte in bytes {
      guard byte == UInt8(ascii: "\n") else {
        line.append(byte)
        guard line.count <= Self.lineLimit else { throw .unreadable("a line of its answer has no end") }
        continue
      }
      events += try finishLine(at: now)
    }
    return events
  }

  /// After the last byte. A last line may lack its end.
  mutating func finish(at now: Instant) throws(ModelError) -> [GenerationEvent] {
    var events = try finishLine(at: now)
    guard !isDone else { return events }
    guard isFinished else { throw .gaveUp(message: "it ended in the middle.") }
    events.append(.done(summary()))
    isDone = true
    return events
  }

  private mutating func finishLine(at now: Instant) throws(ModelError) -> [GenerationEvent] {
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    defer { line.removeAll(keepingCapacity: true) }
    guard !isDone, !line.isEmpty else { return [] }
    switch api {
    case .ollama: return try takeOllama(at: now)
    case .openai: return try takeOpenAI(at: now)
    }
  }

  private mutating func takeOllama(at now: Instant) throws(ModelError) -> [GenerationEvent] {
    let piece = try decode(OllamaPiece.self, line[...])
    if let message = piece.error { throw .gaveUp(message: message) }
    var events = said(piece.message?.content, piece.message?.thinking, at: now)
    if piece.done == true {
      told.tokens = piece.evalCount ?? 0
      told.tokensPerSecond = rate(piece.evalCount, piece.evalDuration)
      told.promptTokens = piece.promptCount
      told.promptTokensPerSecond = rate(piece.promptCount, piece.promptDuration)
      told.loadSeconds = piece.loadDuration.map { $0 / 1e9 }
      isDone = true
      events.append(.done(summary()))
    }
    return events
  }

  private func rate(_ count: Int?, _ nanoseconds: Double?) -> Double? {
    guard let count, let nanoseconds, nanoseconds > 0 else { return nil }
    return Double(count) / nanoseconds * 1e9
  }

  private mutating func takeOpenAI(at now: Instant) throws(ModelError) -> [GenerationEvent] {
    // Other lines of server-sent events are names, numbers and comments.
    guard line.starts(with: "data:".utf8) else { return [] }
    let data = line.dropFirst(5).drop { $0 == UInt8(ascii: " ") }
    if data.elementsEqual("[DONE]".utf8) {
      isDone = true
      return [.done(summary())]
    }
    let piece = try decode(OpenAIPiece.self, data)
    if let error = piece.error { throw .gaveUp(message: error.message) }
    if let tokens = piece.usage?.tokens ?? piece.timings?.tokens { told.tokens = tokens }
    if let perSecond = piece.timings?.perSecond { told.tokensPerSecond = perSecond }
    if let tokens = piece.timings?.promptTokens ?? piece.usage?.promptTokens { told.promptTokens = tokens }
    if let perSecond = piece.timings?.promptPerSecond { told.promptTokensPerSecond = perSecond }
    let choice = piece.choices?.first
    if choice?.finishReason != nil { isFinished = true }
    return said(choice?.delta?.content, choice?.delta?.thinking, at: now)
  }

  private mutating func said(_ text: String?, _ thought: String?, at now: Instant) -> [GenerationEvent] {
    var events: [GenerationEvent] = []
    if let thought, !thought.isEmpty { events.append(.thinking(thought)) }
    if let text, !text.isEmpty { events.append(.text(text)) }
    if !events.isEmpty {
      pieces += 1
      first = first ?? now
      last = now
    }
    return events
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ bytes: ArraySlice<UInt8>) throws(ModelError) -> Value {
    guard let value = try? JSONDecoder().decode(type, from: Data(bytes)) else {
      throw .unreadable("a line of its answer is not JSON of the expected kind")
    }
    return value
  }

  private func summary() -> GenerationSummary {
    var summary = told
    if summary.tokens == 0 { summary.tokens = pieces }
    if summary.tokensPerSecond == nil, pieces > 1, let first, let last, last > first {
      summary.tokensPerSecond = Double(pieces - 1) / (first.duration(to: last) / .seconds(1))
    }
    return summary
  }
}
