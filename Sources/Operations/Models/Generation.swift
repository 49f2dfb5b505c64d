internal import Client

/// A model's answer as it is made: an asynchronous sequence of its events, to be read once. It ends after `.done`, or with a
/// `ModelError`.
package struct Generation: AsyncSequence, Sendable {
  package typealias Element = GenerationEvent
  package typealias Failure = ModelError

  private let stream: ClientStream
  private let reader: AnswerReader

  init(stream: ClientStream, reader: AnswerReader) {
    self.stream = stream
    self.reader = reader
  }

  /// Closes the connection at once, which makes the server stop.
  package func cancel() { stream.cancel() }

  package func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(pieces: stream.makeAsyncIterator(), reader: reader)
  }

  package struct AsyncIterator: AsyncIteratorProtocol {
    private var pieces: ClientStream.AsyncIterator
    private var reader: AnswerReader
    private var events: ArraySlice<GenerationEvent> = []
    private var isOver = false

    fileprivate init(pieces: ClientStream.AsyncIterator, reader: AnswerReader) {
      self.pieces = pieces
      self.reader = reader
    }

    package mutating func next() async throws(ModelError) -> GenerationEvent? {
      while events.isEmpty {
        if isOver { return nil }
        events = try await more()[...]
      }
      return events.removeFirst()
    }

    package mutating func next(isolation actor: isolated (any Actor)?) async throws(ModelError) -> GenerationEvent? {
      try await next()
    }

    private mutating func more() async throws(ModelError) -> [GenerationEvent] {
      let piece: [UInt8]?
      do throws(ClientError) {
        piece = try await pieces.next()
      } catch {
        isOver = true
        throw .unreachable(error)
      }
      // Also where the next line throws.
      isOver = true
      guard let piece else { return try reader.finish(at: .now) }
      let events = try reader.take(piece, at: .now)
      isOver = reader.isDone
      return events
    }
  }
}
