/// A request that Leanto answers itself, with its body read.
package struct LocalRequest: Sendable {
  package var method: String
  /// As received, without the query.
  package var path: String
  package var query: String
  package var fields: [(name: String, value: String)]
  package var body: [UInt8]
  package var listener: ListenerKind
  package var user: String?
  package var client: String

  package init(
    method: String, path: String, query: String = "", fields: [(name: String, value: String)] = [], body: [UInt8] = [],
    listener: ListenerKind, user: String? = nil, client: String = ""
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.fields = fields
    self.body = body
    self.listener = listener
    self.user = user
    self.client = client
  }

  /// The first field of that name, whatever its case.
  package func field(_ name: String) -> String? {
    fields.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

package struct LocalResponse: Sendable {
  package enum Body: Sendable {
    case bytes([UInt8])
    /// Each piece goes out at once. The function is cancelled when the client goes away.
    case stream(@Sendable (LocalBodyWriter) async throws -> Void)
  }

  package var status: Int
  package var fields: [(name: String, value: String)]
  package var body: Body

  package init(status: Int, fields: [(name: String, value: String)], body: Body) {
    self.status = status
    self.fields = fields
    self.body = body
  }

  package init(status: Int = 200, type: String, text: String) {
    self.init(status: status, fields: [("Content-Type", type), ("Cache-Control", "no-store")], body: .bytes(Array(text.utf8)))
  }
}

/// Sends the pieces of a streamed body. `write` returns when the piece was taken, so a slow client slows the writer.
package struct LocalBodyWriter: Sendable {
  package var write: @Sendable ([UInt8]) async throws -> Void

  package init(write: @escaping @Sendable ([UInt8]) async throws -> Void) {
    self.write = write
  }
}

package typealias LocalHandler = @Sendable (LocalRequest) async -> LocalResponse
