import HTTP
import TestSupport

/// What a scan of some bytes came to, as a value that can be compared.
enum HeadReading<Message: Equatable>: Equatable {
  case more
  case refused(HeadProblem)
  case head(Message)
}

extension HeadReading {
  var problem: HeadProblem? { if case .refused(let problem) = self { problem } else { nil } }
  var message: Message? { if case .head(let message) = self { message } else { nil } }
}

struct NamedField: Equatable {
  var name: String
  var value: String
}

/// Everything that a scanned request says, copied out of its bytes.
struct ReadRequest: Equatable {
  var length: Int
  var method: String
  var target: String
  var path: String
  var authority: String?
  var host: String
  var isVersion10: Bool
  var fields: [NamedField]
  var framing: HTTP.BodyFraming
  var keepsAlive: Bool
  var isUpgrade: Bool
}

struct ReadResponse: Equatable {
  var length: Int
  var status: Int
  var statusText: String
  var isVersion10: Bool
  var fields: [NamedField]
  var framing: HTTP.BodyFraming
  var keepsAlive: Bool
}

func readRequest(_ bytes: [UInt8]) -> HeadReading<ReadRequest> {
  var head = RequestHead()
  return readRequest(bytes, into: &head)
}

/// With a head that was used before, as an event loop has it.
func readRequest(_ bytes: [UInt8], into head: inout RequestHead) -> HeadReading<ReadRequest> {
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

func readRequest(_ text: String) -> HeadReading<ReadRequest> { readRequest(octets(text)) }

func readResponse(_ bytes: [UInt8], isHeadRequest: Bool = false) -> HeadReading<ReadResponse> {
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

func readResponse(_ text: String, isHeadRequest: Bool = false) -> HeadReading<ReadResponse> {
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
