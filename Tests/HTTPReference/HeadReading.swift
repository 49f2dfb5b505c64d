package import HTTP
import TestSupport

/// What a scan of some bytes came to, as a value that can be compared.
package enum HeadReading<Message: Equatable>: Equatable {
  case more
  case refused(HeadProblem)
  case head(Message)
}

extension HeadReading {
  package var problem: HeadProblem? { if case .refused(let problem) = self { problem } else { nil } }
  package var message: Message? { if case .head(let message) = self { message } else { nil } }
}

package struct NamedField: Equatable {
  package var name: String
  package var value: String

  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// Everything that a scanned request says, copied out of its bytes.
package struct ReadRequest: Equatable {
  package var length: Int
  package var method: String
  package var target: String
  package var path: String
  package var authority: String?
  package var host: String
  package var isVersion10: Bool
  package var fields: [NamedField]
  package var framing: HTTP.BodyFraming
  package var keepsAlive: Bool
  package var isUpgrade: Bool
}

package struct ReadResponse: Equatable {
  package var length: Int
  package var status: Int
  package var statusText: String
  package var isVersion10: Bool
  package var fields: [NamedField]
  package var framing: HTTP.BodyFraming
  package var keepsAlive: Bool
}

package func readRequest(_ bytes: [UInt8]) -> HeadReading<ReadRequest> {
  var head = RequestHead()
  return readRequest(bytes, into: &head)
}

/// With a head that was used before, as an event loop has it.
package func readRequest(_ bytes: [UInt8], into head: inout RequestHead) -> HeadReading<ReadRequest> {
  do throws(HeadProblem) {
    guard try head.scan(bytes.span) else { return .more }
  } catch {
    return .refused(error)
  }
  return .head(
    ReadRequest(
      length: head.length, method: latin1(bytes[head.method]), target: latin1(bytes[head.target]),
      path: latin1(bytes[head.path]), authority: head.authority.map { latin1(bytes[$0]) }, host: latin1(bytes[head.host]),
      isVersion10: head.isVersion10, fields: namedFields(bytes, head.section), framing: head.framing,
      keepsAlive: head.keepsAlive, isUpgrade: head.isUpgrade))
}

package func readRequest(_ text: String) -> HeadReading<ReadRequest> { readRequest(octets(text)) }

package func readResponse(_ bytes: [UInt8], isHeadRequest: Bool = false) -> HeadReading<ReadResponse> {
  var head = ResponseHead()
  do throws(HeadProblem) {
    guard try head.scan(bytes.span) else { return .more }
  } catch {
    return .refused(error)
  }
  return .head(
    ReadResponse(
      length: head.length, status: head.status, statusText: latin1(bytes[head.statusText]), isVersion10: head.isVersion10,
      fields: namedFields(bytes, head.section), framing: head.framing(isHeadRequest: isHeadRequest),
      keepsAlive: head.keepsAlive))
}

package func readResponse(_ text: String, isHeadRequest: Bool = false) -> HeadReading<ReadResponse> {
  readResponse(octets(text), isHeadRequest: isHeadRequest)
}

private func namedFields(_ bytes: [UInt8], _ section: borrowing FieldSection) -> [NamedField] {
  var fields: [NamedField] = []
  for i in 0..<section.count {
    let field = section.fields[i]
    fields.append(NamedField(name: latin1(bytes[field.name]), value: latin1(bytes[field.value])))
  }
  return fields
}
