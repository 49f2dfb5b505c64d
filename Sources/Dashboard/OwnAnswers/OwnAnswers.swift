/// Every answer that Leanto gives instead of a service. Honest, short, and the same for all: nothing of the request is in them.
package enum OwnAnswers {
  /// The three bodies of each status, made once for the gateway.
  package static let table: [Int: (text: [UInt8], json: [UInt8], html: [UInt8])] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.status, ($0.body(.text), $0.body(.json), $0.body(.html))) })

  /// Goes with the HTML bodies, which have one inline style sheet and nothing else.
  package static let contentSecurityPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  package static func answer(_ status: Int) -> OwnAnswer {
    all.first { $0.status == status } ?? all.first { $0.status == 500 } ?? OwnAnswer(status, "Error", "", "")
  }

  /// In place of 400 where TLS is spoken.
  package static let plaintext = OwnAnswer(
    400, "This address speaks HTTPS", "The request came unencrypted. No service has seen it.",
    "Write `https://` in front of the address instead of `http://`.")

  package static let all: [OwnAnswer] = request + access + service

  private static let request = [
    OwnAnswer(
      400, "Bad request", "The request is not well-formed HTTP, or could be read in more than one way. No service has seen it.",
      "Send it as the standard has it (RFC 9112). If you typed it into a browser, a proxy in between has changed it."),
    OwnAnswer(
      404, "Nothing is here", "No service of this stack has this address.",
      "`leanto status` lists the services and where each one is."),
    OwnAnswer(
      405, "Method not allowed", "This page does not take a request of this kind.",
      "The Allow field of this answer says which it takes."),
    OwnAnswer(
      408, "The request took too long", "It did not arrive whole in the time that `gateway.timeouts` gives.",
      "Send it again, over a better line if you can."),
    OwnAnswer(
      413, "The request is too large", "Its body is larger than this server takes.",
      "Send less at once, or raise `gateway.limits.body` in leanto.yaml and type `leanto up`."),
    OwnAnswer(
      414, "The address is too long", "The request's target is longer than this server takes.",
      "Send the data in the body of a POST, or raise `gateway.limits.head` in leanto.yaml."),
    OwnAnswer(
      417, "Expectation failed", "The request expects something other than `100-continue`.", "Send it without its Expect field."),
    OwnAnswer(
      421, "Not this server", "The request names a host that this listener does not serve.",
      "Open the address that `leanto status` prints."),
    OwnAnswer(
      431, "The head of the request is too large", "Its header fields, cookies among them, are larger than this server takes.",
      "Delete this site's cookies, or raise `gateway.limits.head` in leanto.yaml."),
    OwnAnswer(
      501, "Not implemented", "The request uses a transfer coding or a method that this server does not know.",
      "Send it with Content-Length or `Transfer-Encoding: chunked`."),
    OwnAnswer(
      505, "HTTP version not supported", "This server speaks HTTP/1.1 and HTTP/1.0.", "Send the request with one of these."),
  ]

  private static let access = [
    OwnAnswer(
      401, "Please sign in", "This server asks for a name and a password.",
      "Reload the page to sign in; a program sends them as Basic Auth (`curl -u NAME ADDRESS`). Whoever runs this server sees the "
        + "names with `leanto user list` and sets a new password with `leanto user password NAME`."),
    OwnAnswer(
      403, "Not allowed", "You are not allowed to do this here.",
      "Ask whoever runs this server; `leanto user list` shows who may enter."),
    OwnAnswer(
      429, "Too many tries", "Too many wrong passwords came from your address, so this server does not look at any for a while.",
      "Wait for as many seconds as the Retry-After field says, then sign in with the right one."),
  ]

  private static let service = [
    OwnAnswer(
      500, "Something went wrong in Leanto", "This is a fault of Leanto, neither yours nor the service's.",
      "Try again. `leanto logs` shows what happened."),
    OwnAnswer(
      502, "The service does not answer", "It is not running, is still starting, or closed the connection.",
      "`leanto status` shows its state and the reason; `leanto logs NAME` shows its last lines."),
    OwnAnswer(
      503, "Not now", "The server is busy, starting, or about to stop.",
      "Try again in a few seconds. `leanto status` shows what runs."),
    OwnAnswer(
      504, "The service took too long",
      "It took the request and did not answer in the time that `gateway.timeouts.upstream` gives.",
      "Try again, or raise `gateway.timeouts.upstream` in leanto.yaml; `leanto logs NAME` shows what it is doing."),
  ]
}
