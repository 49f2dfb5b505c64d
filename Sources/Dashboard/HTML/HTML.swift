/// A piece of HTML. Text and attribute values get into it only escaped; names and markup only as literals of the source code.
package struct HTML: Sendable, Hashable {
  fileprivate(set) var source: String

  package static let empty = HTML(source: "")

  package static func text(_ text: String) -> HTML { HTML(source: escaped(text)) }

  /// A whole document.
  package static func document(language: StaticString = "en", @HTMLBuilder content: () -> HTML) -> [UInt8] {
    Array(("<!doctype html>\n" + element("html", ["lang": "\(language)"], content: content).source + "\n").utf8)
  }

  /// An inline style sheet: nothing from outside can be in a `StaticString`.
  package static func style(_ sheet: StaticString) -> HTML { HTML(source: "<style>\(sheet)</style>") }

  fileprivate static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}

/// Attributes in their order. A nil value leaves the attribute out, an empty one writes its name alone.
package struct Attributes: Sendable, ExpressibleByDictionaryLiteral {
  fileprivate var source = ""

  package init(dictionaryLiteral elements: (StaticString, String?)...) {
    for case (let name, let value?) in elements {
      source += value.isEmpty ? " \(name)" : " \(name)=\"\(HTML.escaped(value))\""
    }
  }
}

/// An element with content and an end tag.
package func element(_ name: StaticString, _ attributes: Attributes = [:], @HTMLBuilder content: () -> HTML) -> HTML {
  HTML(source: "<\(name)\(attributes.source)>\(content().source)</\(name)>")
}

/// An element that never has content, such as `meta`.
package func void(_ name: StaticString, _ attributes: Attributes = [:]) -> HTML {
  HTML(source: "<\(name)\(attributes.source)>")
}

@resultBuilder
package enum HTMLBuilder {
  package static func buildExpression(_ html: HTML) -> HTML { html }
  package static func buildExpression(_ text: String) -> HTML { .text(text) }
  package static func buildBlock(_ parts: HTML...) -> HTML { buildArray(parts) }
  package static func buildArray(_ parts: [HTML]) -> HTML { HTML(source: parts.map(\.source).joined()) }
  package static func buildOptional(_ part: HTML?) -> HTML { part ?? .empty }
  package static func buildEither(first part: HTML) -> HTML { part }
  package static func buildEither(second part: HTML) -> HTML { part }
}

extension HTML {
  /// Text in which `what stands between backticks` is code.
  package static func prose(_ text: String) -> HTML {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
    return HTMLBuilder.buildArray(
      parts.map { index, part in index % 2 == 0 ? .text(String(part)) : element("code") { String(part) } })
  }
}
