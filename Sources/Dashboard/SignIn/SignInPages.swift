import Model

/// The pages that sign people in and out: outside the door, without a script, with nothing of the stack on them.
struct SignInPages {
  let request: LocalRequest
  let signIn: @Sendable (_ name: String, _ password: String, _ client: String, _ isSecure: Bool) async -> SignInResult
  let signOut: @Sendable (_ cookies: String, _ isSecure: Bool) async -> [UInt8]

  /// Nil: another page.
  func response() async -> LocalResponse? {
    switch (request.path, request.method) {
    case (SignInPath.login, "GET"), (SignInPath.login, "HEAD"): page(200, ReturnPath(query: request.query))
    case (SignInPath.login, "POST"): await enter()
    case (SignInPath.login, _),
      (SignInPath.logout, _) where !["GET", "HEAD", "POST"].contains(request.method):
      .own(405, to: request, allow: "GET, HEAD, POST")
    case (SignInPath.logout, _): await leave()
    default: nil
    }
  }

  private func enter() async -> LocalResponse {
    // Nobody is to be signed in by another site, as somebody whom he does not know.
    guard AskRequest.isOwn(request) else {
      return .own(
        403, to: request, meaning: "The form was sent from a page of another site.", remedy: "Sign in at `/leanto/login`.")
    }
    let type = request.field("Content-Type")?.lowercased() ?? ""
    guard type.hasPrefix("application/x-www-form-urlencoded"), let form = FormBody(request.body), let name = form["name"],
      let password = form["password"]
    else {
      return .own(
        400, to: request, meaning: "The body is not the form of this page: name and password, URL-encoded.",
        remedy: "Sign in at `/leanto/login`; a program sends Basic Auth with its requests instead (`curl -u NAME ADDRESS`).")
    }
    let target = ReturnPath(form["to"])
    switch await signIn(name, password, request.client, isSecure) {
    case .signedIn(let cookie):
      return LocalResponse(
        status: 303,
        fields: [
          ("Location", target.path), ("Set-Cookie", String(decoding: cookie, as: UTF8.self)), ("Cache-Control", "no-store"),
          ("Referrer-Policy", "same-origin"),
        ], body: .bytes([]))
    case .wrong: return page(401, target, "This name and this password do not belong together.", name)
    case .wait(let seconds):
      let minutes = (seconds + 59) / 60
      let words = "Too many wrong passwords came from your address. Try again in \(minutes) minute\(minutes == 1 ? "" : "s")."
      return page(429, target, words, name, more: [("Retry-After", "\(seconds)")])
    case .busy:
      return page(
        503, target, "The server has too many passwords to check just now. Try again.", name, more: [("Retry-After", "1")])
    case .unavailable: return .own(404, to: request)
    }
  }

  /// A page of another site can open this address, and must not sign anybody out by it: then a button asks first.
  private func leave() async -> LocalResponse {
    let site = request.field("Sec-Fetch-Site")
    let isOwn = request.method == "POST" ? AskRequest.isOwn(request) : site == nil || site == "same-origin" || site == "none"
    guard isOwn, request.method != "HEAD" else { return html(200, SignInPage(content: .leave)) }
    let cookie = await signOut(request.field("Cookie") ?? "", isSecure)
    return html(200, SignInPage(content: .left), more: [("Set-Cookie", String(decoding: cookie, as: UTF8.self))])
  }

  private var isSecure: Bool { request.field("X-Forwarded-Proto") == "https" }

  private func page(
    _ status: Int, _ target: ReturnPath, _ problem: String? = nil, _ name: String = "", more: [(name: String, value: String)] = []
  ) -> LocalResponse {
    // RFC 9110 15.5.2 wants a challenge; no browser knows this scheme, so none opens a box over the page.
    let challenge = status == 401 ? [("WWW-Authenticate", "Session realm=\"leanto\"")] : []
    return html(status, SignInPage(content: .form(to: target.path, name: name, problem: problem)), more: challenge + more)
  }

  private func html(_ status: Int, _ page: SignInPage, more: [(name: String, value: String)] = []) -> LocalResponse {
    LocalResponse(
      status: status,
      fields: [
        ("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"),
        ("Content-Security-Policy", Self.contentSecurityPolicy), ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Referrer-Policy", "same-origin"), ("X-Frame-Options", "DENY"), ("X-Content-Type-Options", "nosniff"),
      ] + more, body: .bytes(page.bytes))
  }

  /// One inline style sheet and a form that goes to this host.
  static let contentSecurityPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}
