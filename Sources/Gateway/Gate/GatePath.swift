import Model

/// What a request at the model's gate asks for. Anything that is not listed here is refused: Ollama decodes paths (`/api/%63opy`
/// copies a model) and has verbs that reach into the host and the network, so a path counts only byte for byte (run: 0.17.4).
enum GateVerb: Equatable {
  /// Facts of the server: passed on as they are.
  case facts
  /// What models there are: a key that may not use all sees its own.
  case list
  /// One model by name, `/v1/models/NAME`.
  case model(Range<Int>)
  /// Has the model work: a body with its name, a turn in the queue.
  case inference
}

extension GateVerb {
  /// `path`: as received, without the gate's prefix and without the query.
  init?(_ verb: RequestVerb, _ path: Span<UInt8>, _ api: ModelAPI) {
    switch verb {
    case .post:
      guard (api == .ollama ? Self.ollamaPosts : Self.openAIPosts).contains(where: { path.equals($0) }) else { return nil }
      self = .inference
    case .get, .head:
      if path.equals("/v1/models") || (api == .ollama && (path.equals("/api/tags") || path.equals("/api/ps"))) {
        self = .list
      } else if api == .ollama, path.equals("/") || path.equals("/api/version") {
        self = .facts
      } else if let name = Self.modelName(path) {
        self = .model(name)
      } else {
        return nil
      }
    default: return nil
    }
  }

  private static let openAIPosts: [StaticString] = [
    "/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/responses", "/v1/messages",
  ]
  private static let ollamaPosts: [StaticString] =
    openAIPosts + ["/api/chat", "/api/generate", "/api/embed", "/api/embeddings"]

  /// One segment of letters, digits and `-._:`, and not of dots alone.
  private static func modelName(_ path: Span<UInt8>) -> Range<Int>? {
    let prefix: StaticString = "/v1/models/"
    let start = prefix.utf8CodeUnitCount
    guard path.count > start, path.extracting(0..<start).equals(prefix) else { return nil }
    var hasName = false
    for index in start..<path.count {
      let byte = path[index]
      let isWord = byte &- 48 <= 9 || (byte | 0x20) &- 97 <= 25 || byte == 45 || byte == 95 || byte == 58
      guard isWord || byte == 46 else { return nil }
      hasName = hasName || isWord
    }
    return hasName ? start..<path.count : nil
  }
}

/// Whose form an answer of the gate's own takes.
enum GateForm: Equatable {
  /// `{"error":"text"}`
  case native
  /// `{"error":{"message":...,"type":...}}`
  case openAI
  /// `{"type":"error","error":{...}}`
  case anthropic

  /// `path`: without the gate's prefix and without the query.
  init(_ path: Span<UInt8>) {
    let prefix: StaticString = "/v1/"
    guard path.count >= prefix.utf8CodeUnitCount, path.extracting(0..<prefix.utf8CodeUnitCount).equals(prefix) else {
      self = .native
      return
    }
    self = path.equals("/v1/messages") ? .anthropic : .openAI
  }

  /// `message`: without characters that JSON escapes.
  func body(_ status: Int, _ message: String) -> [UInt8] {
    let text =
      switch self {
      case .native: "{\"error\":\"\(message)\"}"
      case .openAI:
        "{\"error\":{\"message\":\"\(message)\",\"type\":\"\(Self.type(status))\",\"param\":null,\"code\":null}}"
      case .anthropic: "{\"type\":\"error\",\"error\":{\"type\":\"\(Self.type(status))\",\"message\":\"\(message)\"}}"
      }
    return Array((text + "\n").utf8)
  }

  private static func type(_ status: Int) -> String {
    switch status {
    case 401: "authentication_error"
    case 403: "permission_error"
    case 404: "not_found_error"
    case 429: "rate_limit_error"
    case 500...: "api_error"
    default: "invalid_request_error"
    }
  }

  static func message(_ status: Int) -> String {
    switch status {
    case 400: "the request cannot be read in one way only, or holds more than one credential"
    case 401: "a key of this stack is needed: Authorization: Bearer leanto_... (leanto key add NAME --for llm)"
    case 403: "not offered here: this gate passes requests to run a model, and nothing else"
    case 404: "there is no such model"
    case 408: "the request took too long to arrive"
    case 413: "the request is larger than this gate takes"
    case 415: "send the request's body as plain JSON, without Content-Encoding"
    case 429: "this key is used more often than it may be; wait as long as Retry-After says"
    case 502: "the model's server does not answer"
    case 503: "too many requests wait for the model; try again"
    case 504: "the model's server did not answer in time"
    default: "the request was not served"
    }
  }
}

extension Span<UInt8> {
  func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { wanted in
      for index in 0..<wanted.count where unsafe self[index] != wanted[index] { return false }
      return true
    }
  }
}
