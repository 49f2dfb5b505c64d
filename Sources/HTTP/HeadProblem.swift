/// Why a head is refused. From a client each is answered with its status and the connection closes; from an upstream all are 502.
package enum HeadProblem: Error, Hashable, Sendable {
  /// Not a message of RFC 9112, or one that two readers could take for different things.
  case malformed
  /// 431: longer than the limit, or more fields than are kept.
  case tooLarge
  /// 505.
  case version
  /// 501: CONNECT, TRACE and others that a gateway has no use for.
  case method
  /// 417: an expectation other than 100-continue.
  case expectation

  package var status: Int {
    switch self {
    case .malformed: 400
    case .tooLarge: 431
    case .version: 505
    case .method: 501
    case .expectation: 417
    }
  }
}

/// Where a field lies in the head: offsets, so that a head can be kept without keeping its bytes. A head is <= 64 KiB.
package struct Field {
  package var nameStart: UInt16 = 0
  package var nameEnd: UInt16 = 0
  package var valueStart: UInt16 = 0
  package var valueEnd: UInt16 = 0
  package var kind = FieldKind.plain

  package var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
  package var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
}

/// How the end of a message body is known (RFC 9112 6.3).
package enum BodyFraming: Hashable, Sendable {
  case none
  case length(Int)
  case chunked
  /// Responses only.
  case untilClose
}

/// The most fields that a head may have.
package let maximumFieldCount = 128
/// Offsets are 16 bits wide.
package let maximumHeadLength = 65_535
