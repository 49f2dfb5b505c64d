package import Model

/// A request that another engine forwarded, for the same log.
package struct ForeignRecord: Sendable, Equatable {
  package var listener: ListenerKind
  package var client: String
  package var user: String
  package var service: String
  /// Method, space, target.
  package var request: String
  package var status: Int
  package var sent: Int
  package var received: Int
  package var microseconds: Int

  package init(
    listener: ListenerKind, client: String, user: String, service: String, request: String, status: Int, sent: Int,
    received: Int, microseconds: Int
  ) {
    self.listener = listener
    self.client = client
    self.user = user
    self.service = service
    self.request = request
    self.status = status
    self.sent = sent
    self.received = received
    self.microseconds = microseconds
  }
}

/// Writes them as the event loops write theirs.
package final class ForeignRecords: Sendable {
  private let write: @Sendable ([UInt8]) -> Void

  package init(write: @escaping @Sendable ([UInt8]) -> Void) { self.write = write }

  package func append(_ records: [ForeignRecord]) {
    guard !records.isEmpty else { return }
    var buffer = RecordBuffer()
    for record in records {
      buffer.append(record)
      if buffer.isFull { write(buffer.takeBatch()) }
    }
    if !buffer.isEmpty { write(buffer.takeBatch()) }
  }
}

extension RecordBuffer {
  mutating func append(_ record: ForeignRecord) {
    var exchange = Exchange()
    exchange.clientText = Array(record.client.utf8)
    exchange.line = Array(record.request.utf8)
    exchange.status = record.status
    exchange.sent = record.sent
    exchange.received = record.received
    let (service, user) = (Array(record.service.utf8), Array(record.user.utf8))
    append(
      exchange, kind: record.listener, service: service.span, user: user.span,
      finishedAt: UInt64(max(0, record.microseconds)) * 1000, now: 0)
  }
}
