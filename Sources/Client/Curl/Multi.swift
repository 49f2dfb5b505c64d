internal import CCurl
internal import Glibc

/// A descriptor to wait for beside libcurl's own.
struct Interest {
  var descriptor: Int32
  var reads: Bool
  var writes: Bool
}

/// libcurl's multi handle. `wake` may be called from any thread until `close`; all else belongs to the loop's thread.
@safe final class Multi: @unchecked Sendable {
  private let handle: UnsafeMutableRawPointer

  /// Connections that are kept for later requests.
  private static let pooled = 16

  init?() {
    guard Self.isLibraryReady, let handle = unsafe curl_multi_init() else { return nil }
    unsafe self.handle = unsafe handle
    _ = unsafe curl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, Self.pooled)
  }

  func close() { _ = unsafe curl_multi_cleanup(handle) }

  func wake() { _ = unsafe curl_multi_wakeup(handle) }

  func add(_ easy: Easy) -> Bool { unsafe curl_multi_add_handle(handle, easy.handle) == CURLM_OK }

  func remove(_ easy: Easy) { _ = unsafe curl_multi_remove_handle(handle, easy.handle) }

  func perform() {
    var running: Int32 = 0
    _ = unsafe curl_multi_perform(handle, &running)
  }

  /// The key of a transfer that has ended, and how.
  func nextOutcome() -> (key: UInt, outcome: CurlOutcome)? {
    var left: Int32 = 0
    while let message = unsafe curl_multi_info_read(handle, &left) {
      guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
      return unsafe (UInt(bitPattern: message.pointee.easy_handle), CurlOutcome(message.pointee.data.result))
    }
    return nil
  }

  /// Sleeps until libcurl or one of `interests` has something to do, `wake` is called, or the instant has come. Nil: any time.
  func poll(_ interests: [Interest], until deadline: SuspendingClock.Instant?) {
    var descriptors = interests.map { interest in
      let events = (interest.reads ? CURL_WAIT_POLLIN : 0) | (interest.writes ? CURL_WAIT_POLLOUT : 0)
      return curl_waitfd(fd: interest.descriptor, events: Int16(events), revents: 0)
    }
    let milliseconds = deadline.map { min(max(1, SuspendingClock.now.duration(to: $0) / .milliseconds(1) + 1), 1e9) }
    _ = unsafe descriptors.withUnsafeMutableBufferPointer { buffer in
      unsafe curl_multi_poll(handle, buffer.baseAddress, UInt32(buffer.count), Int32(milliseconds ?? 1e9), nil)
    }
  }

  private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}
