import Model

extension LocalResponse {
  static func json(_ value: some Encodable) -> LocalResponse {
    LocalResponse(
      status: 200,
      fields: [("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")],
      body: .bytes(JSON.bytes(value)))
  }

  static func redirect(to path: String) -> LocalResponse {
    LocalResponse(status: 302, fields: [("Location", path), ("Cache-Control", "no-store")], body: .bytes([]))
  }

  /// One of Leanto's own answers, in the form that the request prefers. `meaning` and `remedy` say more than the table can.
  static func own(
    _ status: Int, to request: LocalRequest, allow: String? = nil, meaning: String? = nil, remedy: String? = nil
  ) -> LocalResponse {
    var answer = OwnAnswers.answer(status)
    if let meaning { answer.meaning = meaning }
    if let remedy { answer.remedy = remedy }
    let form = OwnAnswer.Form(accept: request.field("Accept"))
    var fields = [("Content-Type", form.contentType), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
    if form == .html { fields.append(("Content-Security-Policy", OwnAnswers.contentSecurityPolicy)) }
    if let allow { fields.append(("Allow", allow)) }
    return LocalResponse(status: status, fields: fields, body: .bytes(answer.body(form)))
  }
}

/// A file of the page. It is asked for again each time, and sent only when it is another.
struct Resource: Sendable {
  let type: String
  let bytes: [UInt8]
  let tag: String

  static let all = [
    "/leanto/style.css": Resource(type: "text/css; charset=utf-8", Style.sheet),
    "/leanto/page.js": Resource(type: "text/javascript; charset=utf-8", Script.source),
    "/leanto/icon.svg": Resource(type: "image/svg+xml", Mark.icon),
  ]

  init(type: String, _ text: String) {
    self.type = type
    bytes = Array(text.utf8)
    // FNV-1a, 64 bits: tells one version of a file from the next, no more.
    let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    tag = "\"\(String(hash, radix: 36))\""
  }

  func response(to request: LocalRequest) -> LocalResponse {
    let fields = [
      ("Content-Type", type), ("Cache-Control", "no-cache"), ("ETag", tag), ("X-Content-Type-Options", "nosniff"),
    ]
    let known = (request.field("If-None-Match") ?? "").split(separator: ",").contains { entry in
      let entry = entry.drop { $0 == " " }
      return entry == "*" || entry == tag || entry == "W/\(tag)"
    }
    return known
      ? LocalResponse(status: 304, fields: Array(fields.dropFirst()), body: .bytes([]))
      : LocalResponse(status: 200, fields: fields, body: .bytes(bytes))
  }
}
