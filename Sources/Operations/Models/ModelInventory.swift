internal import Client
internal import FoundationEssentials

/// A model that a server has.
package struct InstalledModel: Sendable, Hashable, Codable {
  package var name: String
  /// Bytes on the disk.
  package var size: Int?
  /// Such as `268.10M`.
  package var parameters: String?
  /// Such as `Q4_K_M`.
  package var quantisation: String?
  package var digest: String?
  /// The most tokens of prompt and answer together.
  package var contextLength: Int?

  package init(name: String) { self.name = name }
}

/// A model that is in memory.
package struct LoadedModel: Sendable, Hashable, Codable {
  package var name: String
  package var digest: String
  /// Bytes in memory, of it on the GPU.
  package var size: Int
  package var onGPU: Int
  /// RFC 3339, as the server says it. It moves only when the last of its requests ends.
  package var expires: String?
  package var contextLength: Int?

  /// 0 to 1.
  package var shareOnGPU: Double { size > 0 ? min(1, Double(onGPU) / Double(size)) : 0 }
}

package struct ModelDetails: Sendable, Hashable, Codable {
  package var name: String
  package var family: String?
  package var parameters: String?
  package var quantisation: String?
  package var contextLength: Int?
  /// Such as `completion`, `tools`, `vision`.
  package var capabilities: [String]
  package var licence: String?
}

extension ModelServer {
  /// In the server's order.
  package func installed() async throws(ModelError) -> [InstalledModel] {
    switch api {
    case .ollama: try await get("/api/tags", as: OllamaTags.self).models.map(\.value)
    case .openai: try await get("/v1/models", as: OpenAIDescriptions.self).data.map(\.value)
    }
  }

  /// Nil: this API has no such question.
  package func loaded() async throws(ModelError) -> [LoadedModel]? {
    guard api == .ollama else { return nil }
    return try await get("/api/ps", as: OllamaLoaded.self).models.map(\.value)
  }

  /// Nil: this API has no such question.
  package func details(of model: String) async throws(ModelError) -> ModelDetails? {
    guard api == .ollama else { return nil }
    let body = try await post("/api/show", ModelName(model: model))
    guard let shown = try? JSONDecoder().decode(OllamaDetails.self, from: Data(body)) else {
      throw .unreadable("/api/show is not answered as Ollama does")
    }
    return shown.value(name: model)
  }

  /// Takes it from the disk. Only for Ollama.
  package func remove(_ model: String) async throws(ModelError) {
    _ = try await post("/api/delete", ModelName(model: model), method: "DELETE")
  }

  /// Takes it out of memory, whoever uses it. Only for Ollama. Nothing is loaded for it.
  package func unload(_ model: String) async throws(ModelError) {
    _ = try await post("/api/generate", ModelName(model: model, keepAlive: 0))
  }

  @discardableResult
  func post(_ path: String, _ body: ModelName, method: String = "POST") async throws(ModelError) -> [UInt8] {
    let answer: ClientResponse
    do throws(ClientError) {
      let fields = [("Content-Type", "application/json")]
      let request = try ClientRequest(
        method, url: address + path, fields: fields, body: body.json, timeouts: ClientTimeouts(total: .seconds(60)))
      answer = try await client.send(request)
    } catch {
      throw .unreachable(error)
    }
    guard answer.status == 200 else { throw .refused(status: answer.status, message: errorMessage(answer.body)) }
    return answer.body
  }
}

/// The body of most of Ollama's questions.
struct ModelName: Encodable {
  var model: String
  var keepAlive: Int?

  enum CodingKeys: String, CodingKey {
    case model
    case keepAlive = "keep_alive"
  }

  // A value of strings and numbers always encodes.
  var json: [UInt8] { (try? JSONEncoder().encode(self)).map(Array.init) ?? [] }
}

private struct OllamaEntryDetails: Decodable {
  var family: String?
  var parameters: String?
  var quantisation: String?
  var contextLength: Int?

  enum CodingKeys: String, CodingKey {
    case family
    case parameters = "parameter_size"
    case quantisation = "quantization_level"
    case contextLength = "context_length"
  }
}

private struct OllamaTags: Decodable {
  struct Entry: Decodable {
    var name: String
    var size: Int?
    var digest: String?
    var details: OllamaEntryDetails?

    var value: InstalledModel {
      var model = InstalledModel(name: name)
      (model.size, model.digest) = (size, digest)
      (model.parameters, model.quantisation) = (details?.parameters, details?.quantisation)
      model.contextLength = details?.contextLength
      return model
    }
  }

  var models: [Entry]
}

private struct OllamaLoaded: Decodable {
  struct Entry: Decodable {
    var name: String
    var digest: String?
    var size: Int?
    var onGPU: Int?
    var expires: String?
    var contextLength: Int?

    enum CodingKeys: String, CodingKey {
      case name, digest, size
      case onGPU = "size_vram"
      case expires = "expires_at"
      case contextLength = "context_length"
    }

    var value: LoadedModel {
      LoadedModel(
        name: name, digest: digest ?? "", size: size ?? 0, onGPU: onGPU ?? 0, expires: expires, contextLength: contextLength)
    }
  }

  var models: [Entry]
}

private struct OllamaDetails: Decodable {
  /// `model_info` has the context under the architecture's name, such as `gemma3.context_length`.
  struct Info: Decodable {
    var contextLength: Int?

    struct Key: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init?(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Key.self)
      let key = values.allKeys.first { $0.stringValue.hasSuffix(".context_length") }
      contextLength = try key.flatMap { try values.decodeIfPresent(Int.self, forKey: $0) }
    }
  }

  var details: OllamaEntryDetails?
  var info: Info?
  var capabilities: [String]?
  var licence: String?

  enum CodingKeys: String, CodingKey {
    case details, capabilities
    case info = "model_info"
    case licence = "license"
  }

  func value(name: String) -> ModelDetails {
    ModelDetails(
      name: name, family: details?.family, parameters: details?.parameters, quantisation: details?.quantisation,
      contextLength: info?.contextLength ?? details?.contextLength, capabilities: capabilities ?? [],
      licence: licence?.split(whereSeparator: \.isNewline).first.map(String.init))
  }
}

/// `meta` is llama.cpp's, `max_model_len` vLLM's.
private struct OpenAIDescriptions: Decodable {
  struct Entry: Decodable {
    struct Meta: Decodable {
      var size: Int?
      var parameters: Int?
      var context: Int?

      enum CodingKeys: String, CodingKey {
        case size
        case parameters = "n_params"
        case context = "n_ctx_train"
      }
    }

    var id: String
    var meta: Meta?
    var maximum: Int?

    enum CodingKeys: String, CodingKey {
      case id, meta
      case maximum = "max_model_len"
    }

    var value: InstalledModel {
      var model = InstalledModel(name: id)
      model.size = meta?.size
      model.parameters = meta?.parameters.map { "\(Double($0 / 10_000) / 100)M" }
      model.contextLength = maximum ?? meta?.context
      return model
    }
  }

  var data: [Entry]
}
