internal import FoundationEssentials

/// One exchange with a real Ollama, from Tests/Recordings/ollama.
package struct OllamaExchange: Decodable, Sendable {
  package struct Request: Decodable, Sendable {
    package var method: String
    package var path: String
  }

  package struct Response: Decodable, Sendable {
    package var status: Int
    package var headers: [String: String]
    package var body: Body
  }

  package enum Body: Decodable, Sendable {
    case whole(String)
    /// A stream's, each a write of its own.
    case pieces([String])

    package init(from decoder: any Decoder) throws {
      if let text = try? decoder.singleValueContainer().decode(String.self) {
        self = .whole(text)
        return
      }
      var list = try decoder.unkeyedContainer()
      var pieces: [String] = []
      while !list.isAtEnd {
        var piece = try list.nestedUnkeyedContainer()
        _ = try piece.decode(Int.self)
        pieces.append(try piece.decode(String.self))
      }
      self = .pieces(pieces)
    }

    package var text: String {
      switch self {
      case .whole(let text): text
      case .pieces(let pieces): pieces.joined()
      }
    }
  }

  package var request: Request
  package var response: Response

  package init(_ name: String) throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    self = try JSONDecoder().decode(
      OllamaExchange.self, from: Data(contentsOf: tests.appending(path: "Recordings/ollama/\(name).json")))
  }
}

/// A stand-in for Ollama 0.17.4 on a loopback address: answers recorded exchanges piece by piece, refuses hosts and origins as Ollama
/// does (its own rules, as far as a gateway meets them), decodes paths before it routes them, and notes what it would have carried out.
package struct RecordedOllama: Sendable {
  private let exchanges: [OllamaExchange]
  /// Verbs that change the server or reach into the network, as they came.
  package let carriedOut = Monitor([String]())

  package init(_ names: [String]) throws { exchanges = try names.map { try OllamaExchange($0) } }

  package func serve(_ exchange: UpstreamExchange) throws {
    let request = exchange.request
    let host = request["Host"] ?? ""
    let isLocal = ["localhost", "127.0.0.1"].contains(String(host.prefix { $0 != ":" })) || host.hasSuffix(".localhost")
    let origin = request["Origin"]
    if origin.map({ !$0.hasPrefix("http://localhost") }) ?? false || !isLocal {
      return try exchange.answer("403 Forbidden", body: "")
    }
    let path = String(Self.decoded(request.target).prefix { $0 != "?" })
    if ["/api/pull", "/api/push", "/api/create", "/api/copy", "/api/delete", "/api/me"].contains(path) {
      carriedOut.change { $0.append("\(request.method) \(request.target)") }
      return try exchange.answer(body: "{}")
    }
    guard let known = exchanges.first(where: { $0.request.method == request.method && $0.request.path == path }) else {
      return try exchange.answer("404 Not Found", ["Content-Type: text/plain"], body: "404 page not found")
    }
    try replay(known, to: exchange)
  }

  private func replay(_ known: OllamaExchange, to exchange: UpstreamExchange) throws {
    try exchange.finishReading()
    let type = ["Content-Type: \(known.response.headers["Content-Type"] ?? "application/json")"]
    switch known.response.body {
    case .whole(let text): try exchange.answer("\(known.response.status) Recorded", type, body: text)
    case .pieces(let pieces):
      try exchange.beginChunked(type[0])
      for piece in pieces { try exchange.chunk(piece) }
      try exchange.endChunks()
    }
  }

  private static func decoded(_ target: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(target.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
