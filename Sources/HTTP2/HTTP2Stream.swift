import HTTP

/// One request and its response on a connection of HTTP/2; to the gateway it is a connection of its own.
final class HTTP2Stream {
  let number: Int32
  var draft = RequestDraft()

  // From the client.
  /// HTTP/1.1 that the gateway has not read yet.
  var input: [UInt8] = []
  var isOpened = false
  var isChunked = false
  var requestIsDone = false
  /// Bytes of DATA in `input`: they are given back to the client's window when they are read.
  var unconsumed = 0
  var wasRead = false

  // To the client.
  var reader = ResponseReader(isHeadRequest: false)
  var output: [UInt8] = []
  var outputStart = 0
  var isHeadSubmitted = false
  /// nghttp2 asked for content while there was none.
  var isDeferred = false
  /// END_STREAM is on its way to the client.
  var isEndSent = false
  /// The gateway has let go of it.
  var isClosed = false
  /// Reset, by either side.
  var isBroken = false

  init(number: Int32) { self.number = number }

  var pending: Int { output.count - outputStart }

  /// There is nothing more to read, and never will be.
  var hasEnded: Bool { input.isEmpty && isEndSent }
}
