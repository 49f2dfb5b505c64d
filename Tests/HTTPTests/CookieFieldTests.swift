import Testing

@testable import HTTP

@Suite("A Cookie field")
struct CookieFieldTests {
  private func values(_ name: String, _ field: String, most: Int = .max) -> [String] {
    let bytes = Array(field.utf8)
    var found: [String] = []
    CookieField.first(of: Array(name.utf8), in: bytes.span) { range in
      found.append(String(decoding: bytes[range], as: UTF8.self))
      return found.count == most
    }
    return found
  }

  @Test(
    "is read cookie by cookie, names byte for byte",
    arguments: [
      ("a=1", ["1"]), ("a=1; b=2", ["1"]), ("b=2;a=1", ["1"]), ("b=2;  a=1  ; c", ["1"]), ("a=", [""]), ("a", []), ("", []),
      (";;", []),
      ("aa=1", []), ("A=1", []), ("b=a=1", []), ("a=b=c", ["b=c"]), ("a=1; a=2", ["1", "2"]), ("a =1", []), ("\"a=1\"", []),
    ])
  func values(field: String, expected: [String]) { #expect(values("a", field) == expected) }

  @Test("is read no further than its reader wants")
  func stops() { #expect(values("a", "a=1; a=2; a=3", most: 2) == ["1", "2"]) }

  @Test("loses the withheld cookies and no byte of the others; a field without any passes untouched")
  func withheld() throws {
    for (field, expected) in [
      ("a=1;b=2", "Cookie: a=1;b=2\r\n"), ("ours=x", ""), ("a=1; ours=x;b=2", "Cookie: a=1; b=2\r\n"),
      ("oursx=1", "Cookie: oursx=1\r\n"),
    ] {
      #expect(
        try forwarded("GET / HTTP/1.1\r\nHost: h\r\nCookie: \(field)\r\n\r\n").contains(
          "Host: h\r\n\(expected)X-Forwarded-Proto"), "\(field)")
    }
    let several = try forwarded(
      "GET / HTTP/1.1\r\nHost: h\r\nCookie: ours=1\r\nX: y\r\ncookie: b=2\r\nCOOKIE: ours=3; c=4\r\n\r\n")
    #expect(several.contains("Host: h\r\nX: y\r\ncookie: b=2\r\nCookie: c=4\r\n"))
    #expect(!several.contains("ours"))
  }

  private func forwarded(_ text: String) throws -> String {
    let bytes = Array(text.utf8)
    var head = RequestHead()
    #expect(try head.scan(bytes.span))
    var out = ByteWriter(capacity: 4096)
    head.write(bytes.span, to: &out, client: [UInt8]().span, RequestForwarding(withheldCookies: [Array("ours".utf8)]))
    return String(decoding: out.span.indices.map { out.span[$0] }, as: UTF8.self)
  }
}

@Suite("Where a request comes from")
struct RequestSourceTests {
  private func source(_ fields: String, host: String = "lean.example", isSecure: Bool = false) throws -> RequestHead.Source {
    let bytes = Array("POST / HTTP/1.1\r\nHost: \(host)\r\n\(fields.split(separator: "|").map { $0 + "\r\n" }.joined())\r\n".utf8)
    var head = RequestHead()
    #expect(try head.scan(bytes.span))
    return head.source(bytes.span, isSecure: isSecure)
  }

  @Test(
    "is this host only when everything that a browser says agrees",
    arguments: [
      ("", .unknown), ("Sec-Fetch-Site: none", .unknown), ("Sec-Fetch-Site: same-origin", .same),
      ("Sec-Fetch-Site: same-site", .other), ("Sec-Fetch-Site: cross-site", .other), ("sec-fetch-site: Same-Origin", .same),
      ("Origin: http://lean.example", .same), ("Origin: https://lean.example", .same), ("Origin: http://lean.example:80", .same),
      ("Origin: http://LEAN.example", .same), ("Origin: http://lean.example:8080", .other), ("Origin: null", .other),
      ("Origin: ", .other), ("Origin: http://", .other), ("Origin: http://evil.example", .other),
      ("Origin: lean.example", .other),
      ("Origin: http://lean.example.evil", .other), ("Origin: http://evil/lean.example", .other),
      ("Origin: http://lean.example/", .other),
      ("Origin: http://lean.example|Sec-Fetch-Site: cross-site", .other),
      ("Sec-Fetch-Site: same-origin|Origin: http://evil", .other),
      ("Origin: http://lean.example|Origin: http://evil", .other),
      ("Origin: http://lean.example|Sec-Fetch-Site: same-origin", .same),
    ] as [(String, RequestHead.Source)])
  func plain(fields: String, expected: RequestHead.Source) throws { #expect(try source(fields) == expected) }

  @Test("is another one over http when this one is on https, with ports as they are left out")
  func secure() throws {
    #expect(try source("Origin: http://lean.example", isSecure: true) == .other)
    #expect(try source("Origin: https://lean.example", isSecure: true) == .same)
    #expect(try source("Origin: https://lean.example:443", isSecure: true) == .same)
    #expect(try source("Origin: https://lean.example", host: "lean.example:443", isSecure: true) == .same)
    #expect(try source("Origin: http://127.0.0.1:8080", host: "127.0.0.1:8080") == .same)
  }

  @Test("is for a person where a browser says so")
  func navigation() throws {
    for (field, expected) in [
      ("", RequestHead.FetchMode.none), ("Sec-Fetch-Mode: navigate\r\n", .navigation), ("sec-fetch-mode: cors\r\n", .other),
    ] {
      let bytes = Array("GET / HTTP/1.1\r\nHost: h\r\n\(field)\r\n".utf8)
      var head = RequestHead()
      #expect(try head.scan(bytes.span))
      #expect(head.fetchMode(bytes.span) == expected)
    }
  }
}
