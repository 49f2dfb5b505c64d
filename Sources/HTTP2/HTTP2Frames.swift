import CNghttp2
import HTTP

// What is told to and by nghttp2.

extension HTTP2Session {
  func submitInterim(_ stream: HTTP2Stream, _ fields: ResponseReader.Fields) {
    let status = unsafe withNames(fields) { names in
      unsafe nghttp2_submit_headers(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.number, nil, names.baseAddress, names.count, nil)
    }
    if status != 0 { reset(stream, NGHTTP2_INTERNAL_ERROR) }
  }

  func submitHead(_ stream: HTTP2Stream, _ fields: ResponseReader.Fields, isWhole: Bool) {
    stream.isHeadSubmitted = true
    var provider = unsafe nghttp2_data_provider(source: nghttp2_data_source(), read_callback: readContent)
    let status = unsafe withNames(fields) { names in
      isWhole
        ? unsafe nghttp2_submit_response(session, stream.number, names.baseAddress, names.count, nil)
        : unsafe nghttp2_submit_response(session, stream.number, names.baseAddress, names.count, &provider)
    }
    if status != 0 { reset(stream, NGHTTP2_INTERNAL_ERROR) }
  }

  private func withNames(_ fields: ResponseReader.Fields, _ body: (UnsafeBufferPointer<nghttp2_nv>) -> Int32) -> Int32 {
    var text = Array(":status\(fields.status)".utf8) + fields.bytes
    let start = 10
    return unsafe text.withUnsafeMutableBufferPointer { text -> Int32 in
      guard let base = text.baseAddress else { return -1 }
      func pair(_ name: Range<Int>, _ value: Range<Int>) -> nghttp2_nv {
        unsafe nghttp2_nv(
          name: base + name.lowerBound, value: base + value.lowerBound, namelen: name.count, valuelen: value.count,
          flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
      }
      var list = unsafe [pair(0..<7, 7..<10)]
      unsafe list.reserveCapacity(fields.ranges.count + 1)
      for (name, value) in fields.ranges {
        unsafe list.append(
          pair(
            start + name.lowerBound..<start + name.upperBound, start + value.lowerBound..<start + value.upperBound))
      }
      return unsafe list.withUnsafeBufferPointer(body)
    }
  }

  /// Before anything of a frame but its head is looked at.
  fileprivate func begins(_ frame: nghttp2_frame_hd) -> Int32 {
    switch UInt32(frame.type) {
    case NGHTTP2_HEADERS.rawValue: break
    case NGHTTP2_DATA.rawValue:
      if frame.length == 0, UInt32(frame.flags) & NGHTTP2_FLAG_END_STREAM.rawValue == 0 { patience.spend(10) }
    case NGHTTP2_RST_STREAM.rawValue: patience.spend(20)
    case NGHTTP2_CONTINUATION.rawValue: patience.spend(5)
    default: patience.spend(1)
    }
    return patience.isLost ? Int32(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue) : 0
  }

  fileprivate func beginsRequest(_ number: Int32) { streams[number] = HTTP2Stream(number: number) }

  fileprivate func takeField(_ number: Int32, _ name: Span<UInt8>, _ value: Span<UInt8>) {
    streams[number]?.draft.take(name, value)
  }

  /// A field that no message may have. Left out silently it would still have meant something to the sender.
  fileprivate func refuse(_ number: Int32) -> Int32 {
    unsafe nghttp2_submit_rst_stream(
      session, UInt8(NGHTTP2_FLAG_NONE.rawValue), number, NGHTTP2_PROTOCOL_ERROR.rawValue)
    return Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
  }

  fileprivate func endsRequestHead(_ number: Int32, isLast: Bool) {
    guard let stream = streams[number], !stream.isBroken else { return }
    guard let head = stream.draft.finish(hasBody: !isLast) else { return reset(stream, NGHTTP2_PROTOCOL_ERROR) }
    stream.reader = ResponseReader(isHeadRequest: stream.draft.isHead)
    stream.isChunked = !isLast && !stream.draft.declaresLength
    stream.requestIsDone = isLast
    stream.input = head
    stream.isOpened = true
    tell(.opened(number))
  }

  fileprivate func takeData(_ number: Int32, _ bytes: Span<UInt8>) {
    guard let stream = streams[number], !stream.isClosed, !stream.isBroken else {
      unsafe nghttp2_session_consume(session, number, bytes.count)
      return
    }
    if stream.input.isEmpty { tell(.readable(number)) }
    if stream.isChunked { stream.input += Array((String(bytes.count, radix: 16) + "\r\n").utf8) }
    unsafe bytes.withUnsafeBufferPointer { unsafe stream.input.append(contentsOf: $0) }
    if stream.isChunked { stream.input += [13, 10] }
    stream.unconsumed += bytes.count
  }

  fileprivate func endsRequest(_ number: Int32) {
    guard let stream = streams[number], !stream.requestIsDone else { return }
    stream.requestIsDone = true
    guard stream.isChunked, !stream.isClosed, !stream.isBroken else { return }
    if stream.input.isEmpty { tell(.readable(number)) }
    stream.input += Array("0\r\n\r\n".utf8)
  }

  fileprivate func sent(_ number: Int32) {
    guard let stream = streams[number], !stream.isEndSent else { return }
    stream.isEndSent = true
    patience.earnResponse()
    guard stream.isClosed else { return tell(.readable(number)) }
    if stream.requestIsDone { streams[number] = nil } else { endRequest(stream) }
  }

  fileprivate func closed(_ number: Int32) {
    guard let stream = streams[number] else { return }
    let isWhole = stream.isEndSent && stream.requestIsDone
    if stream.isClosed || !stream.isOpened {
      streams[number] = nil
    } else if !isWhole, !stream.isBroken {
      stream.isBroken = true
      stream.output = []
      stream.outputStart = 0
      tell(.failed(number))
    }
  }

  /// Content for one frame of DATA; nil: none for now.
  fileprivate func content(_ number: Int32, _ buffer: UnsafeMutableBufferPointer<UInt8>) -> (count: Int, isLast: Bool)? {
    guard let stream = streams[number] else { return (0, true) }
    let count = min(stream.pending, buffer.count)
    if count == 0, !stream.reader.isDone {
      stream.isDeferred = true
      return nil
    }
    unsafe stream.output.withUnsafeBufferPointer { output in
      guard count > 0, let from = output.baseAddress, let to = buffer.baseAddress else { return }
      unsafe to.update(from: from + stream.outputStart, count: count)
    }
    stream.outputStart += count
    if stream.pending == 0 {
      stream.output.removeAll(keepingCapacity: stream.output.capacity <= 65_536)
      stream.outputStart = 0
      if count > 0, !stream.isClosed { tell(.drained(number)) }
    } else if stream.outputStart > 65_536, stream.outputStart > stream.output.count / 2 {
      stream.output.removeFirst(stream.outputStart)
      stream.outputStart = 0
    }
    return (count, stream.pending == 0 && stream.reader.isDone)
  }
}

// MARK: Callbacks

@safe struct Callbacks: @unchecked Sendable {
  let pointer: OpaquePointer?
}

/// One set for the process, never changed and never freed.
let sharedCallbacks: Callbacks = {
  var made: OpaquePointer?
  guard unsafe nghttp2_session_callbacks_new(&made) == 0 else { return unsafe Callbacks(pointer: nil) }
  unsafe nghttp2_session_callbacks_set_on_begin_frame_callback(made) { _, frame, context in
    guard let frame = unsafe frame?.pointee else { return 0 }
    return unsafe session(context)?.begins(frame) ?? 0
  }
  unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(made) { _, frame, context in
    guard let frame = unsafe frame, unsafe isRequest(frame) else { return 0 }
    unsafe session(context)?.beginsRequest(frame.pointee.hd.stream_id)
    return 0
  }
  unsafe nghttp2_session_callbacks_set_on_header_callback(made) { _, frame, name, nameCount, value, valueCount, _, context in
    // Trailers are left out, as on every other way in.
    guard let frame = unsafe frame, unsafe isRequest(frame) else { return 0 }
    let nameSpan = unsafe Span(_unsafeElements: UnsafeBufferPointer(start: name, count: nameCount))
    let valueSpan = unsafe Span(_unsafeElements: UnsafeBufferPointer(start: value, count: valueCount))
    unsafe session(context)?.takeField(frame.pointee.hd.stream_id, nameSpan, valueSpan)
    return 0
  }
  unsafe nghttp2_session_callbacks_set_on_invalid_header_callback(made) { _, frame, _, _, _, _, _, context in
    guard let frame = unsafe frame else { return 0 }
    return unsafe session(context)?.refuse(frame.pointee.hd.stream_id) ?? 0
  }
  unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(made) { _, frame, context in
    guard let frame = unsafe frame, let session = unsafe session(context) else { return 0 }
    let (number, type) = unsafe (frame.pointee.hd.stream_id, UInt32(frame.pointee.hd.type))
    let isLast = unsafe UInt32(frame.pointee.hd.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0
    if type == NGHTTP2_HEADERS.rawValue, unsafe isRequest(frame) {
      session.endsRequestHead(number, isLast: isLast)
    } else if isLast, type == NGHTTP2_HEADERS.rawValue || type == NGHTTP2_DATA.rawValue {
      session.endsRequest(number)
    }
    return 0
  }
  unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made) { _, _, number, bytes, count, context in
    let span = unsafe Span(_unsafeElements: UnsafeBufferPointer(start: bytes, count: count))
    unsafe session(context)?.takeData(number, span)
    return 0
  }
  unsafe nghttp2_session_callbacks_set_on_frame_send_callback(made) { _, frame, context in
    guard let frame = unsafe frame, let session = unsafe session(context) else { return 0 }
    let (number, type) = unsafe (frame.pointee.hd.stream_id, UInt32(frame.pointee.hd.type))
    let isLast = unsafe UInt32(frame.pointee.hd.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0
    if isLast, type == NGHTTP2_HEADERS.rawValue || type == NGHTTP2_DATA.rawValue { session.sent(number) }
    return 0
  }
  unsafe nghttp2_session_callbacks_set_on_stream_close_callback(made) { _, number, _, context in
    unsafe session(context)?.closed(number)
    return 0
  }
  return unsafe Callbacks(pointer: made)
}()

private func session(_ context: UnsafeMutableRawPointer?) -> HTTP2Session? {
  guard let context = unsafe context else { return nil }
  return unsafe Unmanaged<HTTP2Session>.fromOpaque(context).takeUnretainedValue()
}

private func isRequest(_ frame: UnsafePointer<nghttp2_frame>) -> Bool {
  unsafe UInt32(frame.pointee.hd.type) == NGHTTP2_HEADERS.rawValue && frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST
}

private func readContent(
  _: OpaquePointer?, _ number: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int,
  _ flags: UnsafeMutablePointer<UInt32>?, _: UnsafeMutablePointer<nghttp2_data_source>?, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let session = unsafe session(context) else { return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue) }
  let room = unsafe UnsafeMutableBufferPointer(start: buffer, count: count)
  guard let (size, isLast) = unsafe session.content(number, room) else { return Int(NGHTTP2_ERR_DEFERRED.rawValue) }
  if isLast { unsafe flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
  return size
}
