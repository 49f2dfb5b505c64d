import FoundationEssentials
import TestSupport
import Testing

/// A recorded exchange with all that was sent and all that came back.
private struct Exchange: Decodable {
  struct Request: Decodable {
    var method: String
    var path: String
    var headers: [String: String]
    var body: JSONValue?
  }

  var request: Request
  var response: OllamaRecording.Response
  /// The body as it was written, not as it was decoded.
  var bodyText = ""

  private enum CodingKeys: CodingKey { case request, response }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Recordings/ollama")

  init(_ name: String) throws {
    let data = try Data(contentsOf: Self.folder.appending(path: name + ".json"))
    self = try JSONDecoder().decode(Exchange.self, from: data)
    switch request.body {
    case .none, .null: break
    case .text(let text): bodyText = text
    default: bodyText = try Self.bodyText(String(decoding: data, as: UTF8.self))
    }
  }

  /// From the file's text: a body is the value after `"body": ` of the request, with balanced braces.
  private static func bodyText(_ file: String) throws -> String {
    let start = try #require(file.firstRange(of: "\"body\": {")).upperBound
    var depth = 1
    var inside = false
    var end = start
    while depth > 0 {
      let character = file[end]
      if character == "\\" { end = file.index(after: end) }
      if character == "\"" { inside.toggle() }
      if !inside { depth += character == "{" ? 1 : character == "}" ? -1 : 0 }
      end = file.index(after: end)
    }
    return "{" + file[start..<end]
  }

  static let names: [String] = {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return all.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
      .filter { !$0.hasPrefix("matrix-") && !["keep-alive", "parallel"].contains($0) }.sorted()
  }()
}

@Suite("The stand-in for Ollama", .serialized, .enabled(if: OllamaStandIn.canRun, "needs python3"))
struct OllamaStandInTests {
  private static let shared = Task { try await OllamaStandIn() }
  /// Listens beside loopback too, which turns the Host rule off.
  private static let open = Task { try await OllamaStandIn(host: "0.0.0.0") }

  /// What no two runs have in common.
  private static let volatile: Set<String> = [
    "created_at", "modified_at", "expires_at", "total_duration", "load_duration", "prompt_eval_duration", "eval_duration",
    "context", "id", "created", "completed_at", "request_id", "item_id", "size",
  ]
  /// What a model says is not the same without `temperature: 0`.
  private static let words: Set<String> = ["content", "response", "text", "delta"]

  private static func state(_ name: String) -> String {
    let loaded = #""loaded":["gemma3:270m"]"#
    return switch name {
    case "get-ps-loaded": "{\(loaded)}"
    case "queue-full", "queue-full-reload": #"{"busy":true}"#
    case "delete": #"{"models":["gemma3:270m","gem2:latest"]}"#
    case "blob-head", "blob-post-again", "create-from-blob": #"{"blobs":["not a model"]}"#
    default: "{}"
    }
  }

  @Test("Every recorded exchange is answered as Ollama did", arguments: Exchange.names)
  fileprivate func replay(name: String) async throws {
    let standIn = try await Self.shared.value
    try standIn.reset(Self.state(name))
    let exchange = try Exchange(name)
    let answer = try send(exchange, to: standIn.port, version: name.hasSuffix("http10") ? "1.0" : "1.1")
    #expect(answer.status == exchange.response.status)
    expectSameFields(answer, exchange.response, name)
    switch exchange.response.body {
    case .whole(let text): expectSame(answer.decodedText, text, exchange, name)
    case .pieces(let pieces): expectSame(answer, pieces.map(\.text), exchange, name)
    }
  }

  private func send(_ exchange: Exchange, to port: UInt16, version: String) throws -> WireResponse {
    let connection = try RawConnection(port: port)
    let body = exchange.bodyText
    var fields = exchange.request.headers.filter { $0.key != "Connection" }.map { "\($0.key): \($0.value)\r\n" }.joined()
    fields += "Connection: close\r\n"
    if !body.isEmpty { fields += "Content-Length: \(body.utf8.count)\r\n" }
    let head = "\(exchange.request.method) \(exchange.request.path) HTTP/\(version)\r\n\(fields)\r\n"
    try connection.send(Array((head + body).utf8))
    return try connection.response(to: exchange.request.method)
  }

  private func expectSameFields(_ answer: WireResponse, _ recorded: OllamaRecording.Response, _ name: String) {
    let ignored: Set<String> = ["date", "content-length"]
    let came = Dictionary(answer.head.fields.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
    let expected = Dictionary(recorded.headers.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
    #expect(came.filter { !ignored.contains($0.key) } == expected.filter { !ignored.contains($0.key) })
    #expect((came["content-length"] == nil) == (expected["content-length"] == nil), "whether the length is told")
  }

  private func expectSame(_ answer: String, _ recorded: String, _ exchange: Exchange, _ name: String) {
    guard name != "post-show" else {
      let known = recorded.prefix(upTo: recorded.firstRange(of: ",\"tensors\"")!.lowerBound)
      return #expect(answer.hasPrefix(known))
    }
    // A cut prompt has too many words to repeat, and what came after it is the model's.
    guard !name.hasPrefix("generate-too-long") && !name.hasPrefix("chat-too-long") || exchange.response.status != 200 else {
      return #expect(JSONValue(answer)?["prompt_eval_count"] == JSONValue(recorded)?["prompt_eval_count"])
    }
    guard let wanted = JSONValue(recorded) else { return #expect(answer == recorded) }
    let names = Self.volatile.union(saysTheSame(exchange) ? [] : Self.words)
    #expect(JSONValue(answer)?.without(names) == wanted.without(names))
    #expect(answer.hasSuffix("\n") == recorded.hasSuffix("\n"), "the line end")
  }

  private func expectSame(_ answer: WireResponse, _ recorded: [String], _ exchange: Exchange, _ name: String) {
    let names = Self.volatile.union(saysTheSame(exchange) ? [] : Self.words)
    let came = values(in: answer.decodedText)
    var wanted = values(in: recorded.joined())
    if name == "v1-responses-stream" {
      // Its middle was left out of the recording.
      #expect(came.prefix(4).map { $0.without(names) } == wanted.prefix(4).map { $0.without(names) })
      #expect(came.last?["sequence_number"] == wanted.last?["sequence_number"])
      wanted = wanted.suffix(1)
      return #expect(came.suffix(1).map { $0.without(names) } == wanted.map { $0.without(names) })
    }
    #expect(came.map { $0.without(names) } == wanted.map { $0.without(names) })
    #expect(answer.decodedText.hasSuffix("data: [DONE]\n\n") == recorded.joined().hasSuffix("data: [DONE]\n\n"))
  }

  /// Lines and events alike.
  private func values(in text: String) -> [JSONValue] {
    text.split(separator: "\n").compactMap { line in
      JSONValue(line.hasPrefix("data: ") ? line.dropFirst(6) : line)
    }
  }

  private func saysTheSame(_ exchange: Exchange) -> Bool {
    exchange.request.body?["options"]?["temperature"] == .number(0) || exchange.response.status != 200
  }

  @Test("Names and addresses of the Host field are taken and refused as recorded")
  func hostMatrix() async throws {
    let ports = [try await Self.shared.value.port, try await Self.open.value.port]
    for row in try matrix("matrix-host") {
      guard case .text(let host) = row[0], !host.hasPrefix("<") else { continue }
      let sent = host.isEmpty ? "Host:" : "Host: \(host)"
      let came = try ports.map { try status("GET /api/version", [sent], $0) }
      let options = try ports.map { try status("OPTIONS /api/tags", [sent], $0) }
      #expect((came + options).map { JSONValue.number(Double($0)) } == Array(row[1...4]), "\(host)")
    }
  }

  @Test("Origins are taken and refused as recorded")
  func originMatrix() async throws {
    for row in try matrix("matrix-origin") {
      guard case .text(let host) = row[1] else { continue }
      var fields = ["Host: \(host)"]
      if case .text(let origin) = row[0] { fields.append("Origin: \(origin)") }
      for (server, column) in [(Self.shared, 2), (Self.open, 4)] {
        let port = try await server.value.port
        guard case .list(let get) = row[column], case .list(let preflight) = row[column + 1] else { continue }
        #expect(try .number(Double(status("GET /api/tags", fields, port))) == get[0], "\(fields)")
        let asked = fields + ["Access-Control-Request-Method: POST"]
        #expect(try .number(Double(status("OPTIONS /api/chat", asked, port))) == preflight[0], "\(fields)")
      }
    }
  }

  @Test("What a keep-alive means later is as recorded")
  func keepAlive() async throws {
    let standIn = try await Self.shared.value
    try standIn.reset()
    let steps: [(body: String, seconds: Double?)] = [
      (#""keep_alive":600"#, 600), (#""prompt":"Hi","options":{"num_predict":1}"#, 600), ("", 600),
      (#""prompt":"Hi","keep_alive":100,"options":{"num_predict":1}"#, 100), (#""prompt":"Hi","options":{"num_predict":1}"#, 100),
      (#""prompt":"Hi","keep_alive":0,"options":{"num_predict":1}"#, nil),
    ]
    for step in steps {
      let body = #"{"model":"gemma3:270m""# + (step.body.isEmpty ? "" : ",") + step.body + "}"
      _ = try status("POST /api/generate", ["Host: localhost"], standIn.port, body: body)
      let loaded = try text("GET /api/ps", standIn.port)
      guard let seconds = step.seconds else {
        #expect(loaded == #"{"models":[]}"#)
        continue
      }
      // The stand-in's times have no zone of the tester's.
      let left = try #require(secondsLeft(loaded))
      #expect(abs(left - seconds) < 30, "\(step.body)")
    }
  }

  private func secondsLeft(_ answer: String) -> Double? {
    guard case .list(let models)? = JSONValue(answer)?["models"], case .text(let text)? = models.first?["expires_at"],
      let date = try? Date.ISO8601FormatStyle().parse(String(text.prefix(19)) + "Z")
    else { return nil }
    return date.timeIntervalSinceNow
  }

  private func matrix(_ name: String) throws -> [[JSONValue]] {
    let data = try Data(contentsOf: Exchange.folder.appending(path: name + ".json"))
    guard case .list(let rows)? = JSONValue(String(decoding: data, as: UTF8.self))?["rows"] else { return [] }
    return rows.compactMap { if case .list(let row) = $0 { row } else { nil } }
  }

  private func status(_ line: String, _ fields: [String], _ port: UInt16, body: String = "") throws -> Int {
    try answer(line, fields, port, body: body).status
  }

  private func text(_ line: String, _ port: UInt16) throws -> String {
    try answer(line, ["Host: localhost"], port, body: "").decodedText
  }

  private func answer(_ line: String, _ fields: [String], _ port: UInt16, body: String) throws -> WireResponse {
    let connection = try RawConnection(port: port)
    let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
    try connection.send("\(line) HTTP/1.1\r\n\(fields.map { $0 + "\r\n" }.joined())\(length)Connection: close\r\n\r\n\(body)")
    return try connection.response(to: String(line.prefix { $0 != " " }))
  }
}

extension WireResponse {
  /// The body as UTF-8.
  fileprivate var decodedText: String { String(decoding: body, as: UTF8.self) }
}
