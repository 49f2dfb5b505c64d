package import Client
internal import FoundationEssentials

package enum ModelError: Error, Sendable, Hashable {
  case unreachable(ClientError)
  /// Answered with another status than 200. The message is the server's own; empty where it gave none.
  case refused(status: Int, message: String)
  /// The server gave up while it answered.
  case gaveUp(message: String)
  /// What came back is not what such a server says.
  case unreadable(String)
}

extension ModelError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreachable(let error): "\(error)"
    // Ollama answers so, and says no more, to a Host or Origin that it does not know.
    case .refused(403, ""): "The model server refused the request (403): its rules for Host or Origin forbid it."
    case .refused(let status, ""): "The model server refused with status \(status)."
    case .refused(let status, let message): "The model server refused with status \(status): \(message)"
    case .gaveUp(let message): "The model server gave up within its answer: \(message)"
    case .unreadable(let what): "The model server was not understood: \(what)."
    }
  }
}

/// The sentence in an error's body, Ollama's or OpenAI's shape, else its first line; 300 characters at most.
func errorMessage(_ body: [UInt8]) -> String {
  let data = Data(body)
  let decoder = JSONDecoder()
  let message =
    (try? decoder.decode(OpenAIFailure.self, from: data))?.error.message
    ?? (try? decoder.decode(OllamaFailure.self, from: data))?.error
    ?? String(decoding: body, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init)
  return String((message ?? "").prefix(300))
}
