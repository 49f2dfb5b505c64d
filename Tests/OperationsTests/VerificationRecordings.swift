import FoundationEssentials
import TestSupport

/// One exchange with a real Ollama, from Tests/Recordings/ollama.
struct OllamaRecording: Decodable {
  struct Request: Decodable {
    var method: String
    var path: String
  }

  struct Response: Decodable {
    var status: Int
    var headers: [String: String]
    var body: Body
  }

  enum Body: Decodable {
    case whole(String)
    /// With the milliseconds after the request.
    case pieces([(at: Int, text: String)])

    init(from decoder: any Decoder) throws {
      if let text = try? decoder.singleValueContainer().decode(String.self) {
        self = .whole(text)
        return
      }
      var list = try decoder.unkeyedContainer()
      var pieces: [(at: Int, text: String)] = []
      while !list.isAtEnd {
        var piece = try list.nestedUnkeyedContainer()
        pieces.append((try piece.decode(Int.self), try piece.decode(String.self)))
      }
      self = .pieces(pieces)
    }
  }

  var request: Request
  var response: Response

  init(_ name: String, from file: String = #filePath) throws {
    let tests = URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: tests.appending(path: "Recordings/ollama/\(name).json"))
    self = try JSONDecoder().decode(OllamaRecording.self, from: data)
  }

  /// The answer as it was, a stream's pieces as chunks of their own with at most 3 ms between them.
  func replay(on connection: ScriptedConnection) throws {
    let fields = response.headers.map { "\($0.key): \($0.value)\r\n" }.joined()
    try connection.write("HTTP/1.1 \(response.status) Recorded\r\n\(fields)\r\n")
    switch response.body {
    case .whole(let text): try connection.write(text)
    case .pieces(let pieces):
      var last = pieces.first?.at ?? 0
      for piece in pieces {
        connection.pause(milliseconds: UInt32(min(3, piece.at - last)))
        last = piece.at
        try connection.write("\(String(piece.text.utf8.count, radix: 16))\r\n\(piece.text)\r\n")
      }
      try connection.write("0\r\n\r\n")
    }
  }
}

/// A stand-in for Ollama 0.17.4 that knows the exchanges it is given and answers 404 to all else, as Ollama does.
func ollamaStandIn(_ names: [String]) throws -> ScriptedServer {
  let recordings = try names.map { try OllamaRecording($0) }
  return try ScriptedServer { connection in
    let head = try connection.readHead()
    let line = head.split(separator: " ", maxSplits: 2).map(String.init)
    guard let found = recordings.first(where: { $0.request.method == line[0] && $0.request.path == line[1] }) else {
      return try connection.write(
        "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n404 page not found")
    }
    try found.replay(on: connection)
  }
}
