import Dashboard
import FoundationEssentials
import Testing

@Suite("The answers that Leanto gives itself")
struct OwnAnswerTests {
  static let statuses = [400, 401, 403, 404, 405, 408, 413, 414, 417, 421, 429, 431, 500, 501, 502, 503, 504, 505]

  struct Body: Decodable {
    var status: Int
    var error: String
    var meaning: String
    var remedy: String
  }

  @Test("There is one for every status that the gateway gives", arguments: statuses)
  func complete(_ status: Int) throws {
    let bodies = try #require(OwnAnswers.table[status])
    let json = try JSONDecoder().decode(Body.self, from: Data(bodies.json))
    #expect(json.status == status)
    #expect(!json.meaning.isEmpty && !json.remedy.isEmpty)
    let text = String(decoding: bodies.text, as: UTF8.self)
    #expect(text == "\(status) \(json.error)\n\(json.meaning)\n\(json.remedy)\n")
    let html = String(decoding: bodies.html, as: UTF8.self)
    #expect(html.hasPrefix("<!doctype html>\n"))
    #expect(html.contains("<title>\(status) \(json.error)</title>") && html.contains("<h1>\(json.error)</h1>"))
  }

  @Test("Each is small, stands alone and runs nothing", arguments: statuses)
  func small(_ status: Int) throws {
    let bodies = try #require(OwnAnswers.table[status])
    let html = String(decoding: bodies.html, as: UTF8.self)
    #expect(bodies.html.count < 2048 && bodies.text.count < 512)
    for outside in ["<script", "<link", "<img", "src=", "href=", "url(", "http:", "https:"] { #expect(!html.contains(outside)) }
  }

  @Test("There are no others", arguments: [OwnAnswers.table.keys.sorted()])
  func exact(_ keys: [Int]) { #expect(keys == Self.statuses) }

  @Test("A person learns how to sign in, and where to look when a service is silent")
  func helpful() throws {
    #expect(OwnAnswers.answer(401).remedy.contains("curl -u NAME"))
    #expect(OwnAnswers.answer(401).remedy.contains("leanto user password"))
    #expect(OwnAnswers.answer(502).remedy.contains("leanto status"))
  }

  @Test("A status without an answer of its own is told as a fault of ours")
  func unknown() { #expect(OwnAnswers.answer(418).status == 500) }

  @Test(
    "The form follows the Accept field",
    arguments: [
      (nil, .text), ("*/*", .text), ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", .html),
      ("application/json", .json), ("Application/JSON; charset=utf-8", .json), ("text/plain, application/json", .text),
      ("application/json, text/html", .json), ("application/json;q=0.5, text/html", .html), ("text/html;q=0", .text),
      ("text/html;q=0, application/json;q=0.1", .json), ("image/png", .text), ("", .text), (";;,,=", .text),
      ("text/html;q=x", .text), ("text/html ; q=0.2 , text/plain ;q=0.3", .text),
    ] as [(String?, OwnAnswer.Form)])
  func form(accept: String?, expected: OwnAnswer.Form) {
    #expect(OwnAnswer.Form(accept: accept) == expected)
  }
}
