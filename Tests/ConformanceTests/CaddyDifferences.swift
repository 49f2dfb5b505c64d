/// Where Caddy itself, whose HTTP is Go's, differs from the rules. Each row fails when Caddy no longer differs, so that the list stays
/// true; docs/caddy.md has it for people.
struct CaddyDifference: Sendable {
  /// The test's display name.
  let test: String
  /// What the failing cases hold in their description; empty: the whole test.
  let cases: [String]
  let reason: String
  /// Whether it shows depends on the machine.
  let isIntermittent: Bool

  init(_ test: String, _ cases: [String], _ reason: String) {
    (self.test, self.cases, self.reason, isIntermittent) = (test, cases, reason, false)
  }

  init(_ test: String, _ reason: String, isIntermittent: Bool = false) {
    (self.test, cases, self.reason, self.isIntermittent) = (test, [], reason, isIntermittent)
  }

  static func find(_ test: String, _ testCase: String) -> CaddyDifference? {
    all.first { difference in
      difference.test == test && (difference.cases.isEmpty || difference.cases.contains { testCase.contains($0) })
    }
  }

  static let all: [CaddyDifference] = [
    CaddyDifference(
      "A doubtful request gets one refusal and a close, and the upstream sees nothing that follows",
      [
        "A request line that ends with LF", "A field that ends with LF", "An empty line of LF", "An end of LF",
        "A bare LF inside a value", "A head of LF alone", "A folded field with a tab", "A folded Transfer-Encoding",
        "A space before Content-Length",
        "A trailer that ends with LF", "A trailer with a space before its colon", "A trailer without a colon",
        "A trailer with a NUL", "A folded trailer",
      ],
      "Go reads a bare LF as a line's end, folds as one line and trailers loosely; what it forwards is written anew"),
    CaddyDifference(
      "A doubtful request gets one refusal and a close, and the upstream sees nothing that follows",
      [
        "A length after chunked", "A length before chunked", "A length of more than is there", "A length of nothing with chunked",
        "Two lengths that agree", "Chunked from a client of HTTP/1.0",
      ],
      "Go takes chunked over a length, and one of two lengths that agree; what it forwards has one framing"),
    CaddyDifference(
      "A doubtful request gets one refusal and a close, and the upstream sees nothing that follows",
      ["s size: 2^63", "s size: 2^64 - 1", "s size: A NUL in an extension"],
      "Go takes any size of 64 bits, and does not look into extensions, which it drops"),
    CaddyDifference(
      "A doubtful request gets one refusal and a close, and the upstream sees nothing that follows",
      ["The preface of HTTP/2"], "Caddy closes without an answer where HTTP/2 is off"),
    CaddyDifference(
      "Odd but unambiguous requests are refused or are one request at the upstream", ["An extension of ten kilobytes"],
      "Go's limit of a chunk's line; Caddy calls it a bad gateway"),
    CaddyDifference(
      "What is no answer becomes a 502, and the next request gets its own answer",
      [
        "A bare LF between fields", "A head of LF alone", "A folded field", "A space before a colon", "A space inside a name",
        "A length with chunked", "Chunked with a length", "A status line: A bare CR in the reason",
        "A status line: An NUL in the reason", "A status line: HTTP/0.9 by name", "A status line: HTTP/3.0",
        "A status line: Two spaces", "A status line: Below 100",
      ],
      "Go reads a service's answer loosely; what the client gets is written anew"),
    CaddyDifference(
      "Bytes that no target should have are refused or forwarded as they are",
      ["A backslash", "Bytes above 0x7F", "Quotes, brackets and braces"],
      "Go escapes what no target should have; Leanto decides on what the client sent"),
    CaddyDifference(
      "The target is forwarded byte for byte", ["An escape that is cut short"], "Go refuses the target with 400"),
    CaddyDifference(
      "Connection cannot name away what a service must see (RFC 9110, 7.6.1)", ["Authorization", "Cookie"],
      "Caddy drops every field that Connection names; whoever names his credentials away has none"),
    CaddyDifference(
      "A response loses its hop-by-hop fields and those that Connection names (RFC 9110, 7.6.1)", ["Connection: close, x-named"],
      "Go takes `Connection: close` out of an answer before Caddy sees what else it names"),
    CaddyDifference(
      "Names of every token byte are passed (RFC 9110, 5.1)", "Caddy drops every field with an underscore in its name"),
    CaddyDifference(
      "A client of HTTP/1.0 gets no interim answer (RFC 9110, 15.2)", "Caddy passes interim answers to every client"),
    CaddyDifference(
      "A client that has ended its side is answered (RFC 9112, 9.6)",
      "Go takes a client that ended its side for one that left"),
    CaddyDifference(
      "A client that ends its side after several requests gets all the answers (RFC 9112, 9.6)",
      "Go takes a client that ended its side for one that left"),
    CaddyDifference(
      "Answers of the gateway's own among them end nothing (RFC 9112, 9.6)",
      "Go takes a client that ended its side for one that left"),
    CaddyDifference(
      "Large heads that never end are held up to a bound, refused beyond it, and others are served",
      "Caddy bounds each head, not all of them together", isIntermittent: true),
    CaddyDifference(
      "With few descriptors it takes as many clients as it can serve, tells the others 503, and serves again afterwards",
      "Caddy takes clients without a limit, and has no descriptor left for services", isIntermittent: true),
    CaddyDifference(
      "A client's end that comes before the 101 reaches the upstream with it, after its eager bytes",
      "Go takes a client that ended its side for one that left"),
    CaddyDifference(
      "A connection on which a 204 announced a body is not used again (RFC 9110, 8.6)",
      "Go keeps the connection, and closes it when bytes come that nobody asked for"),
    CaddyDifference(
      "A body that comes later, after an answer that has none, is never the answer to the next request (RFC 9112, 6.3)",
      "Go notices such bytes where they come before the next request is sent, and not when both cross", isIntermittent: true),
    CaddyDifference(
      "A head that is not finished in time gets 408 or a close (RFC 9110, 15.5.9)", ["\"G\""], "Go answers 400 and closes"),
    CaddyDifference(
      "A refusal of a broken request says whose it is too", "What Go cannot read it refuses before Caddy or Leanto see it"),
    CaddyDifference(
      "A service that stops reading gives 504: it is not the client that was slow (RFC 9110, 15.6.5)",
      "Caddy has a time for each write only, and none that a long upload would survive"),
  ]
}
