import HTTP
import Model
import Transport

// While a model is loaded, or others' turns are before, not a byte comes. A reader of server-sent events is told that somebody is
// there, by comments, which such readers leave out; what comes then has to be an event, a refusal too.

extension Worker {
  /// A deadline of a request at the gate that has no answer yet. False: it is none of the gate's.
  mutating func gateIsDue(_ exchange: Int32) -> Bool {
    let index = Int(exchange)
    guard let call = exchanges[index].gate, call.stage != .arriving, exchanges[index].response == .waiting else { return false }
    let client = exchanges[index].client
    if now >= call.giveUpAt {
      fail(exchange, status: call.stage == .waiting ? 503 : 504, retryAfter: call.stage == .waiting ? 5 : nil)
      return true
    }
    if peers[client.index].isHalfClosed, canProbe(exchange) {
      probe(exchange)
    } else if call.takesComments, now >= call.nextComment {
      sendComment(exchange)
    }
    if transport.isOpen(client), exchanges[index].gate === call { setDeadline(client, call.deadline) }
    return true
  }

  mutating func sendComment(_ exchange: Int32) {
    let index = Int(exchange)
    guard let call = exchanges[index].gate, let gate = configuration.gate else { return }
    scratch.removeAll()
    if !call.hasBegun {
      call.hasBegun = true
      exchanges[index].status = 200
      exchanges[index].answeredAt = nanoseconds
      scratch.append("HTTP/1.1 200 OK\r\nDate: ")
      scratch.append(clock.httpDate().span)
      scratch.append("\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n")
    }
    call.nextComment = now + gate.silence
    appendChunk(Array(": the model is not ready yet\n\n".utf8))
    flush(exchange, toClient: true)
  }

  private mutating func appendChunk(_ bytes: [UInt8]) {
    scratch.append(hexadecimal: bytes.count)
    scratch.append("\r\n")
    scratch.append(bytes.span)
    scratch.append("\r\n")
  }

  /// The server's answer begins, and the client has a head already. True: its head is not to be written.
  mutating func continueStream(_ exchange: Int32, _ framing: BodyFraming) -> Bool {
    guard let call = exchanges[Int(exchange)].gate, call.hasBegun else { return false }
    call.isSwallowing = !(responseHead.status == 200 && responseHead.section.isEventStream && framing == .chunked)
    return true
  }

  /// For whom the answer was collected, gets it as an event.
  mutating func endSwallowing(_ exchange: Int32) {
    guard let call = exchanges[Int(exchange)].gate, call.isSwallowing else { return }
    writeEvent(exchange, call.body)
    flush(exchange, toClient: true)
  }

  /// The gate's own refusal, where a stream has begun.
  mutating func failInStream(_ exchange: Int32, _ status: Int) -> Bool {
    let index = Int(exchange)
    guard let call = exchanges[index].gate, call.hasBegun else { return false }
    exchanges[index].status = status
    scratch.removeAll()
    writeEvent(exchange, call.answer(status))
    flush(exchange, toClient: true)
    finishOwnAnswer(exchange)
    return true
  }

  private mutating func writeEvent(_ exchange: Int32, _ body: [UInt8]) {
    let text = body.prefix(64 << 10).filter { $0 != 10 && $0 != 13 }
    appendChunk(Array("data: ".utf8) + text + Array("\n\ndata: [DONE]\n\n".utf8))
    scratch.append("0\r\n\r\n")
  }
}
