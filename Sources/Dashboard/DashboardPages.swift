package import Model

/// Leanto's own pages, below `/leanto/`, behind the door.
package struct DashboardPages: Sendable {
  package var status: @Sendable () async -> StackStatus
  /// Asks the model and writes its answer, UTF-8, piece by piece. An `AskProblem` that it throws is told to the person in its words.
  package var ask: @Sendable (_ prompt: String, _ writer: LocalBodyWriter) async throws -> Void
  /// Checks what was sent from the sign-in page. `client`: an address as text.
  package var signIn: @Sendable (_ name: String, _ password: String, _ client: String, _ isSecure: Bool) async -> SignInResult
  /// Ends the sessions in a Cookie field; returns the value of the Set-Cookie field that makes the browser forget.
  package var signOut: @Sendable (_ cookies: String, _ isSecure: Bool) async -> [UInt8]
  /// Seconds since 1970.
  package var now: @Sendable () -> Double

  package init(
    status: @escaping @Sendable () async -> StackStatus,
    ask: @escaping @Sendable (_ prompt: String, _ writer: LocalBodyWriter) async throws -> Void,
    signIn: @escaping @Sendable (String, String, String, Bool) async -> SignInResult,
    signOut: @escaping @Sendable (String, Bool) async -> [UInt8], now: @escaping @Sendable () -> Double
  ) {
    self.status = status
    self.ask = ask
    self.signIn = signIn
    self.signOut = signOut
    self.now = now
  }

  /// The answer to any request that a local route gets. A HEAD is answered like a GET: the gateway leaves its body out.
  package func handle(_ request: LocalRequest) async -> LocalResponse {
    if request.path == "/leanto/whoami" { return reading(request) { WhoAmI(request).response } }
    // The internal listener asks for no credentials, and any page in a browser on this machine can reach it.
    guard request.listener != .internal else { return .own(403, to: request) }
    if let response = await SignInPages(request: request, signIn: signIn, signOut: signOut).response() { return response }
    switch request.path {
    case "/", "/leanto": return reading(request) { .redirect(to: "/leanto/") }
    case "/leanto/": return await readingLater(request) { page(await status(), request) }
    case "/leanto/status.json": return await readingLater(request) { .json(await status()) }
    case "/leanto/ask": return await AskRequest(request: request, status: status, ask: ask).response()
    default:
      guard let resource = Resource.all[request.path] else { return .own(404, to: request) }
      return reading(request) { resource.response(to: request) }
    }
  }

  private func page(_ status: StackStatus, _ request: LocalRequest) -> LocalResponse {
    let page = FrontPage(
      status: status, authority: request.field("Host"), user: request.user, isByTunnel: request.listener == .tunnel, now: now())
    return LocalResponse(
      status: 200,
      fields: [
        ("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"),
        ("Content-Security-Policy", Self.contentSecurityPolicy), ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Referrer-Policy", "same-origin"), ("X-Frame-Options", "DENY"), ("X-Content-Type-Options", "nosniff"),
      ], body: .bytes(page.bytes))
  }

  /// Only this origin's own files; no inline script or style; nowhere to be framed or to send a form.
  static let contentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

  private func reading(_ request: LocalRequest, _ answer: () -> LocalResponse) -> LocalResponse {
    ["GET", "HEAD"].contains(request.method) ? answer() : .own(405, to: request, allow: "GET, HEAD")
  }

  private func readingLater(_ request: LocalRequest, _ answer: () async -> LocalResponse) async -> LocalResponse {
    ["GET", "HEAD"].contains(request.method) ? await answer() : .own(405, to: request, allow: "GET, HEAD")
  }
}

/// Why no answer came, in a sentence for the person who asked; it names no secret.
package struct AskProblem: Error {
  package var words: String

  package init(_ words: String) { self.words = words }
}
