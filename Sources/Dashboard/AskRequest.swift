import Model

/// One question to the model, from the page's box or from a program: the prompt is the body, the answer streams back as text.
struct AskRequest {
  let request: LocalRequest
  let status: @Sendable () async -> StackStatus
  let ask: @Sendable (String, LocalBodyWriter) async throws -> Void

  /// Bytes.
  static let largestPrompt = 16 * 1024
  /// Stands in the stream before words of Leanto's own. A model's own bytes of this value are left out.
  static let separator: UInt8 = 0x1E

  func response() async -> LocalResponse {
    guard request.method == "POST" else { return .own(405, to: request, allow: "POST") }
    guard Self.isOwn(request) else {
      return .own(
        403, to: request, meaning: "The question came from a page of another site.", remedy: "Ask from the page at /leanto/.")
    }
    guard request.body.count <= Self.largestPrompt else {
      return .own(413, to: request, meaning: "A question may have 16 KiB.", remedy: "Ask a shorter one.")
    }
    guard let prompt = String(validating: request.body, as: UTF8.self), prompt.contains(where: { !$0.isWhitespace }) else {
      return .own(
        400, to: request, meaning: "The body is the question, as UTF-8 text; here it is empty or something else.",
        remedy: "Send it like this: `curl -N -u NAME --data-binary 'Why is the sky blue?' ADDRESS/leanto/ask`.")
    }
    guard await status().model != nil else {
      return .own(
        503, to: request, meaning: "No model answers.",
        remedy:
          "`leanto status` shows why; an Ollama on this machine is found by itself, another server is named in `llm.address`.")
    }
    return stream(prompt)
  }

  private func stream(_ prompt: String) -> LocalResponse {
    let ask = ask
    return LocalResponse(
      status: 200,
      fields: [
        ("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
        ("X-Accel-Buffering", "no"),
      ],
      body: .stream { writer in
        do {
          try await ask(prompt, Self.filtered(writer))
        } catch is CancellationError {
          throw CancellationError()
        } catch {
          let words = (error as? AskProblem)?.words ?? "The answer broke off. `leanto logs` shows what happened."
          try await writer.write([Self.separator] + Array("\n\(words)\n".utf8))
        }
      })
  }

  private static func filtered(_ writer: LocalBodyWriter) -> LocalBodyWriter {
    LocalBodyWriter { piece in
      try await writer.write(piece.contains(separator) ? piece.filter { $0 != separator } : piece)
    }
  }
}

// MARK: - Same origin

extension AskRequest {
  /// A browser sends the door's credentials along with a request that any other site made it send; so it has to say that the
  /// request is this origin's own, in both fields where it sends both. A program sends neither, and holds the credentials itself.
  static func isOwn(_ request: LocalRequest) -> Bool {
    if let site = request.field("Sec-Fetch-Site"), site != "same-origin" { return false }
    guard let origin = request.field("Origin") else { return true }
    guard let host = request.field("Host"), let end = origin.firstRange(of: "://") else { return false }
    let authority = origin[end.upperBound...]
    return !authority.isEmpty && normal(authority) == normal(host[...])
  }

  /// Lower case, without the port that the scheme has by itself.
  private static func normal(_ authority: Substring) -> String {
    var text = authority.lowercased()
    for port in [":443", ":80"] where text.hasSuffix(port) { text.removeLast(port.count) }
    return text
  }
}
