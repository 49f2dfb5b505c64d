import HTTP
import HTTPReference
import TestSupport

/// Judged as the slow reader judges, whole or in its beginnings; and what is sent on is read by both as the same request.
func fuzzRequestHead(_ bytes: [UInt8]) {
  let reading = readRequest(bytes)
  // The slow reader knows nothing of the limits on names and lines of 64 KiB.
  guard bytes.count < 4096 else { return }
  expect(reading == SlowHead.read(bytes), "the slow reader differs: \(reading) and \(SlowHead.read(bytes))", bytes)
  for cut in cuts(of: bytes, 4) {
    let earlier = readRequest(Array(bytes[..<cut]))
    expect(earlier == .more || earlier == reading, "its first \(cut) bytes are \(earlier), all of it \(reading)", bytes)
  }
  guard let message = reading.message else { return }
  let forwarded = forwardedRequest(bytes)
  guard let again = readRequest(forwarded).message else { return expect(false, "what is sent on is no request", forwarded) }
  expect(again.length == forwarded.count, "what is sent on goes on after its head", forwarded)
  expect(again.framing == message.framing && again.method == message.method, "what is sent on is framed otherwise", forwarded)
  let names = again.fields.map { $0.name.lowercased() }
  for name in ["content-length", "transfer-encoding", "host"] {
    expect(names.count { $0 == name } <= 1, "what is sent on has two of \(name)", forwarded)
  }
  expect(names.count { $0 == "x-forwarded-for" } == 1 && !names.contains("x-real-ip"), "somebody else's address", forwarded)
}

private func forwardedRequest(_ bytes: [UInt8]) -> [UInt8] {
  var head = RequestHead()
  _ = try? head.scan(bytes.span)
  var out = ByteWriter(capacity: 192 * 1024)
  let client = octets("203.0.113.9")
  head.write(bytes.span, to: &out, client: client.span, RequestForwarding(keepsAuthorization: false, withheldCookies: [[97]]))
  return copy(out)
}

func fuzzResponseHead(_ bytes: [UInt8]) {
  let reading = readResponse(bytes)
  for cut in cuts(of: bytes, 4) {
    let earlier = readResponse(Array(bytes[..<cut]))
    expect(earlier == .more || earlier == reading, "its first \(cut) bytes are \(earlier), all of it \(reading)", bytes)
  }
  guard let message = reading.message else { return }
  var head = ResponseHead()
  _ = try? head.scan(bytes.span)
  var out = ByteWriter(capacity: 192 * 1024)
  head.write(bytes.span, to: &out, ResponseForwarding(framing: message.framing, locationPrefix: octets("/n8n")))
  let forwarded = copy(out)
  guard let again = readResponse(forwarded).message else { return expect(false, "what is sent on is no answer", forwarded) }
  expect(again.length == forwarded.count && again.status == message.status, "what is sent on goes on after its head", forwarded)
  expect(again.framing == message.framing, "what is sent on is framed otherwise", forwarded)
}

private func copy(_ writer: borrowing ByteWriter) -> [UInt8] {
  let span = writer.span
  return span.indices.map { span[$0] }
}
