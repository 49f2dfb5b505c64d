/// The head of an answer.
package struct ResponseHead: Sendable {
  package var status: Int
  /// In the order in which they came, doubles included.
  package var fields: [(name: String, value: String)]

  package init(status: Int, fields: [(name: String, value: String)] = []) {
    self.status = status
    self.fields = fields
  }

  /// The first field of that name, whatever its case.
  package func field(_ name: String) -> String? { values(name).first }

  /// Every value of the fields of that name, whatever its case.
  package func values(_ name: String) -> [String] {
    fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
  }
}

/// An answer with its whole body.
package struct ClientResponse: Sendable {
  package var head: ResponseHead
  package var body: [UInt8]

  package var status: Int { head.status }
  package func field(_ name: String) -> String? { head.field(name) }
  /// The body as UTF-8, broken bytes replaced.
  package var text: String { String(decoding: body, as: UTF8.self) }

  package init(head: ResponseHead, body: [UInt8]) {
    self.head = head
    self.body = body
  }
}
