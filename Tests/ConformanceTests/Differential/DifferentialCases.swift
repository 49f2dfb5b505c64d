/// Requests that proxies judge differently. Host is `h` unless the case is about it.
enum DifferentialCases {
  struct Case: Sendable {
    var name: String
    var bytes: String
  }

  static let all = targets + hosts + methods + versions + fields + lengths + codings + chunks + lines + others

  private static func get(_ name: String, _ line: String = "GET / HTTP/1.1", _ fields: [String] = ["Host: h"]) -> Case {
    Case(name: name, bytes: ([line] + fields).map { $0 + "\r\n" }.joined() + "\r\n")
  }

  private static func post(_ name: String, _ fields: [String], _ body: String) -> Case {
    Case(name: name, bytes: (["POST / HTTP/1.1", "Host: h"] + fields).map { $0 + "\r\n" }.joined() + "\r\n" + body)
  }

  private static let targets = [
    "/a\"b", "/a<b>", "/a^b", "/a`b", "/a{b}", "/a|b", "/a\\b", "/\u{80}", "/%", "/%zz", "/%00", "/a#b", "/?a#b", "//a", "/../a",
    "/a/../../b", "/;a", "/a b", "*", "http://h/", "http://h", "http://other/", "https://h/", "http://u:p@h/", "http://h:99999/",
    "http://h:/", "http://[::1/", "http://[zz]/", "http:///a", "http:/a", "h:80", "/\u{7F}", "/\t", "?a", "a", "http://h#x",
    "http://h\\@o/", "/\u{0}",
  ].map { get("target \($0.debugDescription)", "GET \($0) HTTP/1.1") }

  private static let hosts =
    [
      "h:99999", "h:", "h:x", "h:80:80", ":80", "", "h h", "h,i", "h/a", "h?a", "h#a", "u@h", "[::1]", "[::1", "::1", "[zz]",
      "h%41", "h\\", "h..", "h_", "h~", "h;a", "h\"", "h\u{80}", "[1.2.3.4]", "(h)",
    ].map { get("host \($0.debugDescription)", fields: ["Host: " + $0]) } + [
      get("no host", fields: []), get("two hosts", fields: ["Host: h", "Host: h"]),
      get("a space behind Host", fields: ["Host : h"]),
      get("no host in HTTP/1.0", "GET / HTTP/1.0", []),
    ]

  private static func get(_ name: String, fields: [String]) -> Case { get(name, "GET / HTTP/1.1", fields) }

  private static let methods = [
    "get", "FOO", "M-SEARCH", "TRACE", "CONNECT", "PRI", "GET,", "GE[T", "!", "\"GET\"", "G\u{80}T",
    String(repeating: "X", count: 400),
  ].map { get("method \($0.prefix(12).debugDescription)", "\($0) / HTTP/1.1") }

  private static let versions = [
    "HTTP/1.2", "HTTP/0.9", "HTTP/2.0", "HTTP/1.01", "HTTP/1", "HTTP/01.1", "http/1.1", "HTTP/1.1a", "HTTP /1.1", "ICY/1.1",
    "HTTP/1.1 x", "HTTP/1.1 ", "HTTP/+1.1",
  ].map { get("version \($0.debugDescription)", "GET / \($0)") }

  private static let fields =
    [
      "X: \u{80}", "X: \u{0}", "X: \u{1}", "X: \u{B}", "X: \u{7F}", "X:", "X", "X : y", "X\t: y", " X: y", "X y: z", ":y",
      "X\u{0}: y",
      "X\u{80}: y", "X(: y", "X[]: y", "X/: y", "X@: y", "X_y: z", "X.y: z", "X!: y", "X: y\r\n z", "X: y\r\n\tz", "X: a\rb",
      "X: a\nb",
      "X: y\r", "Connection: close, Host", "Connection: ,,,", "Expect: x", "Expect: 100-continue, x",
      "Upgrade: h2c\r\nConnection: Upgrade",
    ].map { get("field \($0.debugDescription)", fields: ["Host: h", $0]) } + [
      get("a field before Host with white space", fields: [" X: y", "Host: h"]),
      get("110 fields", fields: ["Host: h"] + (0..<110).map { "X\($0): y" }),
      get("a field of 60,000 bytes", fields: ["Host: h", "X: " + String(repeating: "x", count: 60_000)]),
    ]

  private static let lengths = [
    "5", "05", "+5", "-5", "5,5", "5, 5", "5;", "0x5", "5.0", "", "5 5", "5\u{B}", "99999999999999999999", "18446744073709551621",
    "5\t", "\t5", "5_0",
  ].map { post("length \($0.debugDescription)", ["Content-Length: " + $0], "hello") }

  private static let codings =
    [
      "chunked", "CHUNKED", "chunked,", "chunked, chunked", ",chunked", "gzip, chunked", "chunked, gzip", "identity", "xchunked",
      "chunked;a=b", "\"chunked\"", "chunked\u{B}", "\u{B}chunked", "", "gzip", "\tchunked", "chunked\u{0}",
    ].map { post("coding \($0.debugDescription)", ["Transfer-Encoding: " + $0], "5\r\nhello\r\n0\r\n\r\n") } + [
      post("a length and chunks", ["Content-Length: 5", "Transfer-Encoding: chunked"], "0\r\n\r\n"),
      post("two lengths", ["Content-Length: 5", "Content-Length: 5"], "hello"),
      post("two codings", ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], "0\r\n\r\n"),
      Case(name: "chunks in HTTP/1.0", bytes: "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
      post("Content_Length", ["Content_Length: 5"], ""), post("Transfer_Encoding", ["Transfer_Encoding: chunked"], ""),
    ]

  private static let chunks = [
    "05\r\nhello\r\n0\r\n\r\n", "0000000000000000000000005\r\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n",
    " 5\r\nhello\r\n0\r\n\r\n",
    "5;a=b\r\nhello\r\n0\r\n\r\n", "5 ;a=b\r\nhello\r\n0\r\n\r\n", "5;\u{80}\r\nhello\r\n0\r\n\r\n",
    "5;a\u{0}\r\nhello\r\n0\r\n\r\n",
    "5;a\nb\r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r\n0\n\n",
    "5\r\nhello\r\n0\r\n\n",
    "0x5\r\nhello\r\n0\r\n\r\n", "5x\r\nhello\r\n0\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n",
    "5\r\nhello\r\n0\r\nX: y\r\n\r\n",
    "5\r\nhello\r\n0\r\nX\r\n\r\n", "5\r\nhello\r\n0\r\nX : y\r\n\r\n", "5\r\nhello\r\n0\r\nX: y\r\n z\r\n\r\n",
    "5\r\nhello\r\n-0\r\n\r\n",
    "FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n", "10000000000000005\r\nhello\r\n0\r\n\r\n", "\r\n5\r\nhello\r\n0\r\n\r\n",
  ].map { post("chunks \($0.debugDescription)", ["Transfer-Encoding: chunked"], $0) }

  private static let next = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"

  private static let lines = [
    Case(name: "a head of LF alone", bytes: "GET / HTTP/1.1\nHost: h\n\n" + next),
    Case(name: "LF behind the request line", bytes: "GET / HTTP/1.1\nHost: h\r\n\r\n" + next),
    Case(name: "LF behind a field", bytes: "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n" + next),
    Case(name: "an empty line of LF", bytes: "GET / HTTP/1.1\r\nHost: h\r\n\n" + next),
    Case(name: "two CRs before LF", bytes: "GET / HTTP/1.1\r\nHost: h\r\r\n\r\n" + next),
    Case(name: "an empty line before the request", bytes: "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
    Case(name: "two empty lines before the request", bytes: "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
    Case(name: "LF before the request", bytes: "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
    Case(name: "a space before the method", bytes: " GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
    Case(name: "two spaces before the target", bytes: "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"),
    Case(name: "tabs in the request line", bytes: "GET\t/\tHTTP/1.1\r\nHost: h\r\n\r\n"),
    Case(name: "HTTP/0.9", bytes: "GET /\r\n"),
  ]

  private static let others = [
    post("a websocket by POST", ["Upgrade: websocket", "Connection: Upgrade"], ""),
    Case(name: "a body behind TRACE", bytes: "TRACE / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"),
    Case(name: "a body behind GET", bytes: "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"),
    post("nothing behind a length of nothing", ["Content-Length: 0"], next),
  ]
}
