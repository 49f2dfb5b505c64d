internal import CCurl
internal import Glibc
internal import Model

/// How libcurl ended a transfer.
struct CurlOutcome {
  fileprivate var code: CURLcode
  init(_ code: CURLcode) { self.code = code }
}

/// One libcurl transfer, used on the loop's thread only. Everything unsafe about it is in this file: the handle lives as long as
/// this object, the lists and the receiver that the handle points to live as long, and strings are copied by libcurl.
@safe final class Easy {
  let handle: UnsafeMutableRawPointer
  private let receiver: Receiver
  private var lists: [UnsafeMutablePointer<curl_slist>] = unsafe []
  /// Held open while a socket with a long path is reached through /proc/self/fd.
  private var socketFile: Socket?
  private var isWhole = true

  /// Tells transfers apart while they live.
  var key: UInt { unsafe UInt(bitPattern: handle) }

  init(_ request: ClientRequest, isBare: Bool, receiver: Receiver) throws(ClientError) {
    if let problem = request.problem { throw .invalidRequest(problem) }
    guard let handle = unsafe curl_easy_init() else { throw .failed(code: 27, reason: "out of memory") }
    unsafe self.handle = unsafe handle
    self.receiver = receiver
    setBasics(request)
    try setPlace(request)
    if isBare {
      set(CURLOPT_CONNECT_ONLY, 1)
    } else {
      setMessage(request)
      setCallbacks()
    }
    guard isWhole else { throw .invalidRequest("libcurl refuses it") }
  }

  deinit {
    unsafe curl_easy_cleanup(handle)
    while let list = unsafe lists.popLast() { unsafe curl_slist_free_all(list) }
  }

  /// Goes on after a callback said pause. May call the receiver before it returns.
  func resume() { _ = unsafe curl_easy_pause(handle, 0) }

  /// The connection of a bare transfer, as a descriptor of our own: libcurl closes its own when the transfer is removed.
  func duplicatedSocket() -> Socket? {
    var descriptor: curl_socket_t = -1
    guard unsafe curl_get_socket(handle, &descriptor) == CURLE_OK, descriptor >= 0 else { return nil }
    return Socket(duplicating: descriptor)
  }

  func error(_ outcome: CurlOutcome, of request: ClientRequest) -> ClientError? {
    var number = 0
    _ = unsafe curl_get_long(handle, CURLINFO_OS_ERRNO, &number)
    return outcome.error(errno: Int32(truncatingIfNeeded: number), request)
  }

  private func setBasics(_ request: ClientRequest) {
    // Signals belong to the process, not to a library.
    set(CURLOPT_NOSIGNAL, 1)
    // A cancelled transfer does not wait for the resolver's thread.
    set(CURLOPT_QUICK_EXIT, 1)
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    let milliseconds = request.timeouts.connect / .milliseconds(1)
    set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(min(milliseconds, 1e9))))
  }

  private func setPlace(_ request: ClientRequest) throws(ClientError) {
    let follows = request.redirects > 0
    // With redirects the target has to be part of the address: a fixed one would be sent to each place.
    let target = follows && request.target.hasPrefix("/") ? request.target : "/"
    set(CURLOPT_URL, "\(request.scheme.rawValue)://\(request.authority)\(target)")
    set(CURLOPT_PATH_AS_IS, 1)
    if !follows { set(CURLOPT_REQUEST_TARGET, request.target) }
    set(CURLOPT_FOLLOWLOCATION, follows ? 1 : 0)
    set(CURLOPT_MAXREDIRS, request.redirects)
    if request.goesDirect { set(CURLOPT_PROXY, "") }
    if !request.maySendTwice { set(CURLOPT_FRESH_CONNECT, 1) }
    switch request.connectsTo {
    case .tcp?: set(CURLOPT_CONNECT_TO, ["::\(request.destination)"])
    case .unix(let path)?: try setSocket(path)
    case nil: break
    }
  }

  /// `sockaddr_un` holds 107 bytes; a longer path is reached through a descriptor of the socket's file.
  private func setSocket(_ path: String) throws(ClientError) {
    guard path.utf8.count > 107 else { return set(CURLOPT_UNIX_SOCKET_PATH, path) }
    guard let file = Socket(pathOnly: path) else {
      throw .unreachable("unix:\(path)", reason: unsafe String(cString: strerror(errno)))
    }
    socketFile = file
    set(CURLOPT_UNIX_SOCKET_PATH, "/proc/self/fd/\(file.descriptor)")
    // The number may name another socket next time, so the connection must not be found again under it.
    set(CURLOPT_FRESH_CONNECT, 1)
    set(CURLOPT_FORBID_REUSE, 1)
  }

  private func setMessage(_ request: ClientRequest) {
    set(CURLOPT_HTTPHEADER, request.fieldLines())
    if let body = request.body {
      set(CURLOPT_POST, 1)
      check(unsafe curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, body.count))
      unsafe body.withUnsafeBytes { bytes in
        let start = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress)
        unsafe check(curl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, start))
      }
      if body.isEmpty { set(CURLOPT_COPYPOSTFIELDS, "") }
    }
    if request.method == "HEAD" {
      set(CURLOPT_NOBODY, 1)
    } else if request.method != "GET" || request.body != nil {
      set(CURLOPT_CUSTOMREQUEST, request.method)
    }
  }

  private func setCallbacks() {
    let context = unsafe Unmanaged.passUnretained(receiver).toOpaque()
    check(unsafe curl_set_pointer(handle, CURLOPT_HEADERDATA, context))
    check(unsafe curl_set_pointer(handle, CURLOPT_WRITEDATA, context))
    check(unsafe curl_set_callback(handle, CURLOPT_HEADERFUNCTION, takeLine))
    check(unsafe curl_set_callback(handle, CURLOPT_WRITEFUNCTION, takeBody))
  }

  private func check(_ code: CURLcode) { isWhole = isWhole && code == CURLE_OK }

  private func set(_ option: CURLoption, _ value: Int) {
    check(unsafe curl_set_long(handle, option, value))
  }

  private func set(_ option: CURLoption, _ value: String) {
    check(unsafe curl_set_string(handle, option, value))
  }

  private func set(_ option: CURLoption, _ lines: [String]) {
    var list: UnsafeMutablePointer<curl_slist>?
    for line in lines {
      guard let longer = unsafe curl_slist_append(list, line) else {
        isWhole = false
        break
      }
      unsafe list = unsafe longer
    }
    guard let list = unsafe list else { return }
    unsafe lists.append(list)
    check(unsafe curl_set_pointer(handle, option, list))
  }
}

private func takeLine(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?)
  -> Int
{
  let line = unsafe Array(UnsafeRawBufferPointer(start: bytes, count: size * count))
  let receiver = unsafe Unmanaged<Receiver>.fromOpaque(context!).takeUnretainedValue()
  return receiver.take(line: line) == .taken ? line.count : 0
}

private func takeBody(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?)
  -> Int
{
  let piece = unsafe Array(UnsafeRawBufferPointer(start: bytes, count: size * count))
  let receiver = unsafe Unmanaged<Receiver>.fromOpaque(context!).takeUnretainedValue()
  switch receiver.take(body: piece) {
  case .taken: return piece.count
  case .pause: return Int(CURL_WRITEFUNC_PAUSE)
  case .stop: return piece.count + 1
  }
}

extension CurlOutcome {
  /// Nil: complete.
  fileprivate func error(errno number: Int32, _ request: ClientRequest) -> ClientError? {
    let place = request.destination
    switch code {
    case CURLE_OK: return nil
    case CURLE_COULDNT_RESOLVE_HOST: return .couldNotResolve(host: request.host)
    case CURLE_COULDNT_CONNECT where number == ECONNREFUSED: return .refused(by: place)
    case CURLE_COULDNT_CONNECT: return .unreachable(place, reason: number == 0 ? words : unsafe String(cString: strerror(number)))
    case CURLE_OPERATION_TIMEDOUT: return .timedOut(.connecting, limit: request.timeouts.connect, at: place)
    case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR: return .closedEarly(by: place)
    case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING: return .notHTTP(from: place)
    case CURLE_TOO_MANY_REDIRECTS: return .tooManyRedirects(limit: request.redirects)
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE:
      return .notSecure(place, reason: words)
    default: return .failed(code: Int(code.rawValue), reason: words)
    }
  }

  private var words: String { unsafe String(cString: curl_easy_strerror(code)) }
}
