import Dashboard
import Testing

@Suite("HTML holds outside text only escaped")
struct HTMLTests {
  private func source(_ html: HTML) -> String {
    let document = String(decoding: HTML.document { html }, as: UTF8.self)
    return String(document.dropFirst("<!doctype html>\n<html lang=\"en\">".count).dropLast("</html>\n".count))
  }

  @Test(
    "Text and attribute values are escaped",
    arguments: [
      ("<script>", "&lt;script&gt;"), ("\"'", "&quot;&#39;"), ("&amp;", "&amp;amp;"), ("plain – ü 🌇", "plain – ü 🌇"),
      ("\" onload=\"x", "&quot; onload=&quot;x"), ("<\u{301}img>", "&lt;\u{301}img&gt;"), ("\r\n", "\r\n"),
    ])
  func escaped(text: String, expected: String) {
    #expect(source(element("p", ["title": text]) { text }) == "<p title=\"\(expected)\">\(expected)</p>")
  }

  @Test("An attribute without a value is left out, an empty one stands alone")
  func attributes() {
    #expect(source(element("p", ["title": nil, "hidden": ""]) { HTML.empty }) == "<p hidden></p>")
  }

  @Test(
    "What stands between backticks is code, and escaped",
    arguments: [
      ("type `a<b` now", "type <code>a&lt;b</code> now"), ("none", "none"), ("`x`", "<code>x</code>"),
      ("open `x", "open <code>x</code>"),
    ])
  func prose(text: String, expected: String) {
    #expect(source(HTML.prose(text)) == expected)
  }

  @Test("Loops and choices build in their order")
  func builder() {
    let html = element("ul") {
      for name in ["a", "b"] { element("li") { name } }
      if false { "never" } else { "else" }
      void("hr")
    }
    #expect(source(html) == "<ul><li>a</li><li>b</li>else<hr></ul>")
  }
}
