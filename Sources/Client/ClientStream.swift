/// An answer whose body is still coming: an asynchronous sequence of its pieces as they arrive, never empty. To be read once, by
/// one task.
package struct ClientStream: AsyncSequence, Sendable {
  package typealias Element = [UInt8]
  package typealias Failure = ClientError

  package let head: ResponseHead
  private let line: Line

  package var status: Int { head.status }
  package var fields: [(name: String, value: String)] { head.fields }

  init(head: ResponseHead, line: Line) {
    self.head = head
    self.line = line
  }

  /// Closes the connection at once; a reader gets `ClientError.cancelled`.
  package func cancel() { line.cancel() }

  package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(line: line) }

  package struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let line: Line

    package mutating func next() async throws(ClientError) -> [UInt8]? { try await line.next() }

    package mutating func next(isolation actor: isolated (any Actor)?) async throws(ClientError) -> [UInt8]? {
      try await line.next()
    }
  }
}
