internal import FoundationEssentials

// What goes over the wire. Ollama's shapes are those of 0.17.4 and later (docs/api.md); every field that may be missing is
// optional.

struct OllamaVersion: Decodable { var version: String }

struct OllamaModels: Decodable {
  struct Entry: Decodable { var name: String }
  var models: [Entry]
}

struct OllamaFailure: Decodable { var error: String }

/// One line of an answer. The times stand on the last one and are nanoseconds.
struct OllamaPiece: Decodable {
  struct Message: Decodable {
    var content: String?
    var thinking: String?
  }

  var message: Message?
  var done: Bool?
  var error: String?
  var evalCount: Int?
  var evalDuration: Double?
  var promptCount: Int?
  var promptDuration: Double?
  var loadDuration: Double?

  enum CodingKeys: String, CodingKey {
    case message, done, error
    case evalCount = "eval_count"
    case evalDuration = "eval_duration"
    case promptCount = "prompt_eval_count"
    case promptDuration = "prompt_eval_duration"
    case loadDuration = "load_duration"
  }
}

struct OpenAIModels: Decodable {
  struct Entry: Decodable { var id: String }
  var data: [Entry]
}

struct OpenAIFailure: Decodable {
  struct Content: Decodable { var message: String }
  var error: Content
}

/// One event of an answer. `timings` is llama.cpp's own.
struct OpenAIPiece: Decodable {
  struct Choice: Decodable {
    struct Delta: Decodable {
      var content: String?
      var thinking: String?

      enum CodingKeys: String, CodingKey {
        case content
        case thinking = "reasoning_content"
      }
    }

    var delta: Delta?
    var finishReason: String?

    enum CodingKeys: String, CodingKey {
      case delta
      case finishReason = "finish_reason"
    }
  }

  struct Usage: Decodable {
    var tokens: Int?
    var promptTokens: Int?

    enum CodingKeys: String, CodingKey {
      case tokens = "completion_tokens"
      case promptTokens = "prompt_tokens"
    }
  }

  struct Timings: Decodable {
    var tokens: Int?
    var perSecond: Double?
    var promptTokens: Int?
    var promptPerSecond: Double?

    enum CodingKeys: String, CodingKey {
      case tokens = "predicted_n"
      case perSecond = "predicted_per_second"
      case promptTokens = "prompt_n"
      case promptPerSecond = "prompt_per_second"
    }
  }

  var choices: [Choice]?
  var usage: Usage?
  var timings: Timings?
  var error: OpenAIFailure.Content?
}

/// A question in either shape; what is nil is not sent.
private struct Question: Encodable {
  struct Message: Encodable { var role = "user", content: String }

  struct Options: Encodable {
    var tokens: Int
    enum CodingKeys: String, CodingKey { case tokens = "num_predict" }
  }

  struct StreamOptions: Encodable {
    var includesUsage = true
    enum CodingKeys: String, CodingKey { case includesUsage = "include_usage" }
  }

  var model: String
  var messages: [Message]
  var stream = true
  var options: Options?
  var tokens: Int?
  var streamOptions: StreamOptions?

  enum CodingKeys: String, CodingKey {
    case model, messages, stream, options
    case tokens = "max_tokens"
    case streamOptions = "stream_options"
  }
}

extension ModelServer.API {
  func question(model: String, prompt: String, tokens: Int?) -> (path: String, body: [UInt8]) {
    var question = Question(model: model, messages: [Question.Message(content: prompt)])
    // Ollama takes 0 for "without end".
    let tokens = tokens.map { max(1, $0) }
    switch self {
    case .ollama: question.options = tokens.map { Question.Options(tokens: $0) }
    case .openai: (question.tokens, question.streamOptions) = (tokens, Question.StreamOptions())
    }
    // A value of strings and numbers always encodes.
    let body = (try? JSONEncoder().encode(question)).map(Array.init) ?? []
    return (self == .ollama ? "/api/chat" : "/v1/chat/completions", body)
  }
}
