package import Client
internal import FoundationEssentials

/// A server of language models on this machine or near it, spoken to directly.
package struct ModelServer: Sendable {
  package enum API: String, Sendable, Hashable {
    /// Ollama's own: /api/chat, one JSON object a line.
    case ollama
    /// /v1/chat/completions with server-sent events: llama.cpp, vLLM and others, Ollama too.
    case openai
  }

  /// Where Ollama listens unless told otherwise.
  package static let usualAddress = "http://127.0.0.1:11434"

  /// `http://host:port`, without a slash at the end.
  package let address: String
  package let api: API
  let client: HTTPClient

  package init(address: String, api: API, client: HTTPClient) {
    var address = address[...]
    while address.hasSuffix("/") { address.removeLast() }
    // Other programs want the address with /v1, so people write it so.
    if api == .openai, address.hasSuffix("/v1") { address.removeLast(3) }
    self.address = String(address)
    self.api = api
    self.client = client
  }

  /// The first of `addresses` that answers like a model server: Ollama by /api/version, others by /v1/models.
  package static func find(
    at addresses: [String] = [usualAddress], with client: HTTPClient, within limit: Duration = .seconds(2)
  ) async -> ModelServer? {
    for address in addresses {
      for api in [API.ollama, .openai] {
        let server = ModelServer(address: address, api: api, client: client)
        if await server.answers(within: limit) { return server }
      }
    }
    return nil
  }

  /// Ollama's version as it says it; a build of one's own says 0.0.0. Nil: the server has no such question.
  package func version() async throws(ModelError) -> String? {
    guard api == .ollama else { return nil }
    return try await get("/api/version", as: OllamaVersion.self).version
  }

  /// Asks for the least there is: a version, or a list of names.
  package func greet(within limit: Duration) async throws(ModelError) -> String? {
    let timeouts = ClientTimeouts(connect: limit, total: limit)
    switch api {
    case .ollama: return try await get("/api/version", as: OllamaVersion.self, timeouts).version
    case .openai:
      _ = try await get("/v1/models", as: OpenAIModels.self, timeouts)
      return nil
    }
  }

  /// The names of the models that can be asked for.
  package func models() async throws(ModelError) -> [String] {
    switch api {
    case .ollama: try await get("/api/tags", as: OllamaModels.self).models.map(\.name)
    case .openai: try await get("/v1/models", as: OpenAIModels.self).data.map(\.id)
    }
  }

  /// The model's answer as it is made. The first piece may take minutes, while the model is loaded. Dropping the answer, or
  /// cancelling the task that reads it, makes the server stop. `tokens`: the most to be made; nil: until the model is done.
  package func generate(
    model: String, prompt: String, tokens: Int? = nil, timeouts: ClientTimeouts = .stream
  ) async throws(ModelError) -> Generation {
    let (path, body) = api.question(model: model, prompt: prompt, tokens: tokens)
    let fields = [("Content-Type", "application/json")]
    let stream: ClientStream
    do throws(ClientError) {
      let request = try ClientRequest("POST", url: address + path, fields: fields, body: body, timeouts: timeouts)
      stream = try await client.stream(request)
    } catch {
      throw .unreachable(error)
    }
    guard stream.status == 200 else { throw await refusal(stream) }
    return Generation(stream: stream, reader: AnswerReader(api: api))
  }

  private func answers(within limit: Duration) async -> Bool {
    do throws(ModelError) {
      _ = try await greet(within: limit)
      return true
    } catch {
      return false
    }
  }

  func get<Value: Decodable>(
    _ path: String, as type: Value.Type, _ timeouts: ClientTimeouts = ClientTimeouts(total: .seconds(10))
  ) async throws(ModelError) -> Value {
    let answer: ClientResponse
    do throws(ClientError) {
      answer = try await client.send(ClientRequest(url: address + path, timeouts: timeouts))
    } catch {
      throw .unreachable(error)
    }
    guard answer.status == 200 else { throw .refused(status: answer.status, message: errorMessage(answer.body)) }
    guard let value = try? JSONDecoder().decode(type, from: Data(answer.body)) else {
      throw .unreadable("\(path) is not answered as \(api.rawValue) does")
    }
    return value
  }

  func refusal(_ stream: ClientStream) async -> ModelError {
    var body: [UInt8] = []
    do throws(ClientError) {
      for try await piece in stream {
        body += piece
        if body.count > 64 * 1024 { break }
      }
    } catch {
      // What came before the end says enough.
    }
    return .refused(status: stream.status, message: errorMessage(body))
  }
}
