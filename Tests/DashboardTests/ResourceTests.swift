import Dashboard
import Model
import Testing

@Suite("The page and its files are small, strict and this origin's own")
struct ResourceTests {
  static let files = ["/leanto/style.css", "/leanto/page.js", "/leanto/icon.svg"]

  @Test("All together are below 30 KB")
  func size() async {
    var bytes = await TestPages(status: Sample.everyState).get("/leanto/").text.utf8.count
    for file in Self.files { bytes += await TestPages().get(file).text.utf8.count }
    #expect(bytes < 30_000)
  }

  @Test("The policy allows this origin's files and nothing inline")
  func policy() async throws {
    let response = await TestPages().get("/leanto/")
    let policy = try #require(response.field("Content-Security-Policy"))
    #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'"))
    #expect(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"))
    for inline in ["<style", " style=", " onclick", " onload"] { #expect(!response.text.contains(inline)) }
    #expect(response.field("X-Frame-Options") == "DENY" && response.field("Cache-Control") == "no-store")
  }

  @Test("Nothing is asked of another host", arguments: ["/leanto/"] + files)
  func external(_ path: String) async {
    let text = await TestPages().get(path).text.replacing("http://www.w3.org/2000/svg", with: "")
      .replacing("<code>http://127.0.0.1:11434</code>", with: "").replacing("href=\"//notes.localhost:8080/\"", with: "")
    for sign in ["http:", "https:", "src=\"//", "href=\"//", "url(", "@import"] { #expect(!text.contains(sign), "\(sign)") }
  }

  @Test("The script writes text only, never markup")
  func script() async {
    let source = await TestPages().get("/leanto/page.js").text
    for sign in ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function("] {
      #expect(!source.contains(sign))
    }
  }

  @Test("The page holds every element that its script asks for")
  func wiring() async {
    let page = await TestPages().get("/leanto/").text
    let names = await TestPages().get("/leanto/page.js").text.matches(of: #/byId\("([a-z]+)"\)/#).map { String($0.1) }
    #expect(Set(names).count >= 9)
    for name in Set(names) { #expect(page.contains("id=\"\(name)\""), "\(name)") }
  }

  @Test("A file is sent once and then known by its tag", arguments: files)
  func tag(_ path: String) async throws {
    let first = await TestPages().get(path)
    let tag = try #require(first.field("ETag"))
    for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
      let again = await TestPages().get(path, fields: [("if-none-match", known)])
      #expect(again.status == 304 && again.text.isEmpty && again.field("ETag") == tag, "\(known)")
    }
    let other = await TestPages().get(path, fields: [("If-None-Match", "\"other\"")])
    #expect(other.status == 200 && !other.text.isEmpty)
  }

  @Test("Both palettes reach WCAG AA: 4.5 for text, 3 for edges and shapes", arguments: [0, 1])
  func contrast(_ palette: Int) async throws {
    let colours = try #require(Palette.all(in: await TestPages().get("/leanto/style.css").text)[palette])
    for text in ["ink", "quiet", "accent", "good", "wait", "bad", "off"] {
      for ground in ["page", "card"] { #expect(try colours.contrast(text, ground) >= 4.5, "\(text) on \(ground)") }
    }
    #expect(try colours.contrast("on-accent", "accent") >= 4.5)
    #expect(try colours.contrast("edge", "card") >= 3)
    #expect(try colours.contrast("edge", "page") >= 3)
  }
}

/// The colours of one `:root` block of the style sheet.
struct Palette {
  private var colours: [String: String] = [:]

  static func all(in sheet: String) -> [Int: Palette] {
    let blocks = sheet.matches(of: #/:root\{([^}]*)\}/#).map(\.1)
    return Dictionary(uniqueKeysWithValues: blocks.enumerated().map { ($0.offset, Palette($0.element)) })
  }

  private init(_ block: Substring) {
    for match in block.matches(of: #/--([a-z-]+):#([0-9a-f]+)/#) { colours[String(match.1)] = String(match.2) }
  }

  /// WCAG 2.2, "contrast ratio" and "relative luminance".
  func contrast(_ one: String, _ other: String) throws -> Double {
    let both = try [luminance(one), luminance(other)].sorted()
    return (both[1] + 0.05) / (both[0] + 0.05)
  }

  private func luminance(_ name: String) throws -> Double {
    var digits = try #require(colours[name], "no colour \(name)")
    if digits.count == 3 { digits = digits.map { "\($0)\($0)" }.joined() }
    let value = try #require(UInt32(digits, radix: 16))
    return zip([16, 8, 0], [0.2126, 0.7152, 0.0722]).reduce(0) { sum, part in
      sum + part.1 * Self.linear(Double(value >> UInt32(part.0) & 0xFF) / 255)
    }
  }

  /// The sRGB curve: x to the power of 2.4, which is x · x · (the fifth root of x)².
  private static func linear(_ value: Double) -> Double {
    if value <= 0.04045 { return value / 12.92 }
    let base = (value + 0.055) / 1.055
    var root = 1.0
    for _ in 0..<60 { root -= (root * root * root * root * root - base) / (5 * root * root * root * root) }
    return base * base * root * root
  }
}
