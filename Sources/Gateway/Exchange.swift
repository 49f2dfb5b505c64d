import HTTP
import Transport

/// How much of a message's body is still to come.
enum BodyState {
  case done
  case length(Int)
  case chunked(ChunkedBody)
  case untilClose
  /// After 101: bytes without meaning, until somebody ends.
  case tunnel

  init(_ framing: BodyFraming) {
    self =
      switch framing {
      case .none: .done
      case .length(let count): .length(count)
      case .chunked: .chunked(ChunkedBody())
      case .untilClose: .untilClose
      }
  }

  var isDone: Bool { if case .done = self { true } else { false } }
  var isTunnel: Bool { if case .tunnel = self { true } else { false } }
}

/// One request and its response: what was promised to the client, how far both messages are, and what the record will say.
///
/// Lies in a table and is reused with its buffers, so that the steady state allocates nothing.
struct Exchange: ~Copyable {
  enum Response: UInt8 { case waiting, streaming, done }

  var isActive = false
  var generation: UInt32 = 0
  var client = ConnectionID(raw: 0)
  /// Nil: not connected, or a page of our own.
  var upstream: ConnectionID?
  var upstreamIndex: Int32 = -1
  /// Addresses of the upstream that were tried.
  var attempts = 0
  var request = BodyState.done
  var response = Response.waiting
  var responseBody = BodyState.done

  /// What another engine wants to know.
  var ask = EngineAsk.nothing
  /// Of the request that it asks about; its own question has no body.
  var askedLength: Int?
  /// False: whoever forwards the request records it.
  var isRecorded = true

  // From the request head.
  var isHeadRequest = false
  var isSafe = false
  var isVersion10 = false
  var isUpgrade = false
  /// The client speaks https, as a trusted sender says.
  var isSecure = false
  /// A 401 opens no box in a browser.
  var isQuiet = false
  var keepsAlive = true
  /// Whether the connection to the upstream can be kept after the response.
  var upstreamKeepsAlive = true
  var accept = AcceptedForm.text
  var locationPrefix: [UInt8] = []
  /// The door's own cookie for the answer; nearly always empty.
  var setCookie: [UInt8] = []

  /// The head as it was sent, while it may have to be sent again.
  var replay: [UInt8] = []
  /// What waits for the upstream's connection.
  var unsent: [UInt8] = []
  /// A page of ours: while its request is read, then while it is answered.
  var page: PageRequest?
  var local: LocalCall?
  /// Whoever writes the page, held up by a slow client.
  var waiting: CheckedContinuation<Void, any Error>?
  /// The others, where it writes from several tasks.
  var alsoWaiting: WaitingWriters?
  var askedWhetherGone = false
  /// At the model's gate.
  var gate: GateCall?
  var bodyLimit = 0

  // For the record.
  /// Method, space, target.
  var line: [UInt8] = []
  var clientText: [UInt8] = []
  var service: Int32 = -1
  var user: Int32 = -1
  var status = 0
  var received = 0
  var sent = 0
  /// Nanoseconds, monotonic.
  var startedAt: UInt64 = 0
  var answeredAt: UInt64 = 0

  mutating func begin(client: ConnectionID, now: UInt64) {
    isActive = true
    self.client = client
    upstream = nil
    upstreamIndex = -1
    attempts = 0
    request = .done
    response = .waiting
    responseBody = .done
    upstreamKeepsAlive = true
    ask = .nothing
    askedLength = nil
    isRecorded = true
    isQuiet = false
    service = -1
    user = -1
    askedWhetherGone = false
    status = 0
    received = 0
    sent = 0
    startedAt = now
    answeredAt = 0
  }

  /// Gives the place back; small buffers stay for the next one.
  mutating func end() {
    isActive = false
    generation &+= 1
    page = nil
    local = nil
    gate = nil
    locationPrefix = []
    setCookie = []
    replay.removeAll(keepingCapacity: replay.capacity <= 4096)
    unsent.removeAll(keepingCapacity: unsent.capacity <= 4096)
    line.removeAll(keepingCapacity: line.capacity <= 4096)
    clientText = []
  }

  /// What becomes of both connections once the response is complete.
  struct Ending: Equatable {
    var reusesClient: Bool
    var reusesUpstream: Bool
  }

  /// A response may end before its request does: then neither connection can carry another message.
  func ending(isLastAnswer: Bool) -> Ending {
    let requestIsDone = request.isDone
    let wasUntilClose = if case .untilClose = responseBody { true } else { false }
    return Ending(
      reusesClient: requestIsDone && keepsAlive && !wasUntilClose && !isLastAnswer,
      reusesUpstream: requestIsDone && upstreamKeepsAlive && !wasUntilClose)
  }
}

/// What a client would rather read, of what Leanto can say.
enum AcceptedForm: UInt8 { case text, json, html }
