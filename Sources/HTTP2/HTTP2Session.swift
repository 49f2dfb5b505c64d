import CNghttp2
import HTTP

/// The server's side of one connection that speaks HTTP/2: bytes in, bytes out, and between them streams that look like
/// connections of HTTP/1.1 with one request each. No I/O.
@safe package final class HTTP2Session {
  package enum Event: Sendable, Hashable {
    /// A new stream, whose request can be read.
    case opened(Int32)
    case readable(Int32)
    /// Everything that was written to it has gone into frames.
    case drained(Int32)
    /// Reset by the client, or past use.
    case failed(Int32)
  }

  package enum Read: Sendable, Hashable {
    case bytes(Int)
    case end
    case wouldBlock
    case failed
  }

  /// Streams at once. Browsers open as many as they are let, and nginx and others let them open as many as this.
  static let streamLimit: UInt32 = 128
  /// Bytes that a client may send ahead, of a stream and of all together.
  static let streamWindow: UInt32 = 128 * 1024
  static let connectionWindow: Int32 = 2 * 1024 * 1024

  var session: OpaquePointer?
  var streams: [Int32: HTTP2Stream] = [:]
  package private(set) var events: [Event] = []
  var patience = Patience()
  private var head = ResponseHead()
  private var isBroken = false
  private var isLeaving = false

  package init?() {
    var options: OpaquePointer?
    guard unsafe nghttp2_option_new(&options) == 0 else { return nil }
    defer { unsafe nghttp2_option_del(options) }
    // Windows open when the gateway has read, not when bytes have come.
    unsafe nghttp2_option_set_no_auto_window_update(options, 1)
    unsafe nghttp2_option_set_no_closed_streams(options, 1)
    unsafe nghttp2_option_set_max_outbound_ack(options, 200)
    unsafe nghttp2_option_set_max_deflate_dynamic_table_size(options, 4096)
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    guard let callbacks = unsafe sharedCallbacks.pointer,
      unsafe nghttp2_session_server_new2(&session, callbacks, context, options) == 0
    else { return nil }
    submitSettings()
  }

  deinit { unsafe nghttp2_session_del(session) }

  private func submitSettings() {
    let settings = [
      nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue), value: Self.streamLimit),
      nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue), value: Self.streamWindow),
      nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue), value: 65_536),
      nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0),
    ]
    unsafe nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), settings, settings.count)
    unsafe nghttp2_session_set_local_window_size(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, Self.connectionWindow)
  }

  package func takeEvents() -> [Event] {
    defer { events = [] }
    return events
  }

  func tell(_ event: Event) { events.append(event) }
}

// MARK: The connection

extension HTTP2Session {
  /// Takes what the client sent.
  package func receive(_ bytes: Span<UInt8>) {
    guard !isBroken else { return }
    let taken = unsafe bytes.withUnsafeBufferPointer { unsafe nghttp2_session_mem_recv(session, $0.baseAddress, $0.count) }
    guard taken < 0 else { return }
    // A goodbye that names the reason may wait to be sent.
    isBroken = true
    if patience.isLost { unsafe nghttp2_session_terminate_session(session, NGHTTP2_ENHANCE_YOUR_CALM.rawValue) }
  }

  /// Hands frames that can be sent now to `send`, up to about `limit` bytes; false when there are none left.
  package func takeFrames(_ limit: Int, _ send: (Span<UInt8>) -> Void) -> Bool {
    var count = 0
    while count < limit {
      var start: UnsafePointer<UInt8>?
      let size = unsafe nghttp2_session_mem_send(session, &start)
      guard size > 0, let start = unsafe start else {
        if size < 0 { isBroken = true }
        return false
      }
      count += size
      patience.earn(size)
      unsafe send(Span(_unsafeElements: UnsafeBufferPointer(start: start, count: size)))
    }
    return true
  }

  /// Nothing more will be read; what `takeFrames` still gives is the last.
  package var isOver: Bool {
    if isBroken { return true }
    return unsafe nghttp2_session_want_read(session) == 0
  }

  /// Tells the client to open no more streams; those that run go on.
  package func leave() {
    guard !isLeaving else { return }
    isLeaving = true
    let last = unsafe nghttp2_session_get_last_proc_stream_id(session)
    unsafe nghttp2_submit_goaway(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, NGHTTP2_NO_ERROR.rawValue, nil, 0)
  }
}

// MARK: Streams

extension HTTP2Session {
  /// The request of a stream as HTTP/1.1, from where it was read last.
  package func read(_ number: Int32, into buffer: inout [UInt8], at offset: Int) -> Read {
    guard let stream = streams[number] else { return .failed }
    guard !stream.input.isEmpty else {
      if stream.isBroken { return .failed }
      return stream.isEndSent ? .end : .wouldBlock
    }
    let count = min(stream.input.count, buffer.count - offset)
    for i in 0..<count { buffer[offset + i] = stream.input[i] }
    stream.wasRead = true
    if count < stream.input.count {
      stream.input.removeFirst(count)
    } else {
      stream.input = []
      unsafe nghttp2_session_consume(session, number, stream.unconsumed)
      stream.unconsumed = 0
    }
    return .bytes(count)
  }

  /// Whether reading leads to something.
  package func isReadable(_ number: Int32) -> Bool {
    guard let stream = streams[number] else { return false }
    return !stream.input.isEmpty || stream.isBroken || stream.isEndSent
  }

  /// Bytes that were written to it and wait.
  package func pending(_ number: Int32) -> Int { streams[number]?.pending ?? 0 }

  /// Takes a part of its response, in HTTP/1.1.
  package func write(_ number: Int32, _ bytes: Span<UInt8>) {
    guard let stream = streams[number], !stream.isBroken, !stream.isClosed else { return }
    stream.reader.take(bytes, &head) { piece in
      switch piece {
      case .interim(let fields): submitInterim(stream, fields)
      case .head(let fields, let isWhole): submitHead(stream, fields, isWhole: isWhole)
      case .content(let range):
        unsafe bytes.extracting(range).withUnsafeBufferPointer { unsafe stream.output.append(contentsOf: $0) }
      case .malformed: reset(stream, NGHTTP2_INTERNAL_ERROR)
      }
    }
    resume(stream)
  }

  /// No more is written to it.
  package func finish(_ number: Int32) {
    guard let stream = streams[number], !stream.isBroken, !stream.reader.isDone else { return }
    // Without another end of its content this is it; otherwise the client must see that something is missing.
    guard stream.reader.endsWithConnection else { return reset(stream, NGHTTP2_INTERNAL_ERROR) }
    stream.reader.end()
    resume(stream)
  }

  /// Lets go of it. A response that is whole is still delivered.
  package func close(_ number: Int32) {
    guard let stream = streams[number] else { return }
    stream.isClosed = true
    if stream.unconsumed > 0 { unsafe nghttp2_session_consume(session, number, stream.unconsumed) }
    stream.input = []
    if stream.isBroken || (stream.isEndSent && stream.requestIsDone) {
      streams[number] = nil
    } else if !stream.reader.isDone || stream.pending > 0 {
      reset(stream, stream.wasRead ? NGHTTP2_INTERNAL_ERROR : NGHTTP2_REFUSED_STREAM)
      streams[number] = nil
    } else if stream.isEndSent {
      endRequest(stream)
    }
    // Else END_STREAM is still to be sent: `sent` ends it.
  }

  /// RFC 9113 8.1: the response is whole and nobody wants the rest of the request.
  func endRequest(_ stream: HTTP2Stream) {
    unsafe nghttp2_submit_rst_stream(
      session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.number, NGHTTP2_NO_ERROR.rawValue)
    streams[stream.number] = nil
  }

  func reset(_ stream: HTTP2Stream, _ code: nghttp2_error_code) {
    guard !stream.isBroken else { return }
    stream.isBroken = true
    stream.output = []
    stream.outputStart = 0
    unsafe nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.number, code.rawValue)
    if stream.isOpened, !stream.isClosed { tell(.failed(stream.number)) }
  }

  private func resume(_ stream: HTTP2Stream) {
    guard stream.isDeferred, stream.pending > 0 || stream.reader.isDone else { return }
    stream.isDeferred = false
    unsafe nghttp2_session_resume_data(session, stream.number)
  }
}
