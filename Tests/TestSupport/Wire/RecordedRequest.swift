/// A request as an upstream got it.
package struct RecordedRequest: Sendable {
  package var method: String
  package var target: String
  package var version: String
  package var head: MessageHead
  package var body = [UInt8]()
  package var trailers = [(name: String, value: String)]()
  /// The body came to its end.
  package var isComplete = false
  /// Numbers the connections of one upstream from 0.
  package var connection: Int

  init(_ head: MessageHead, connection: Int) throws {
    let parts = head.startLine.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw WireError.malformed("a request line: \(head.startLine)") }
    self.head = head
    self.connection = connection
    (method, target, version) = (String(parts[0]), String(parts[1]), String(parts[2]))
  }

  package subscript(name: String) -> String? { head[name] }
  package func values(_ name: String) -> [String] { head.values(name) }
  package var text: String { latin1(body) }
}

extension RecordedRequest: CustomStringConvertible {
  package var description: String {
    "\(latin1(head.bytes.prefix(1000))) (\(body.count) bytes of body, \(isComplete ? "complete" : "incomplete"))"
  }
}
