/// One answer that Leanto gives itself, as a person, a program and a browser read it.
package struct OwnAnswer: Sendable, Hashable {
  package enum Form: Sendable, Hashable, CaseIterable { case text, json, html }

  package var status: Int
  package var title: String
  /// What it means.
  package var meaning: String
  /// What to do; may hold commands between backticks.
  package var remedy: String

  package init(_ status: Int, _ title: String, _ meaning: String, _ remedy: String) {
    self.status = status
    self.title = title
    self.meaning = meaning
    self.remedy = remedy
  }

  package func body(_ form: Form) -> [UInt8] {
    switch form {
    case .text: Array("\(status) \(title)\n\(meaning)\n\(remedy)\n".utf8)
    case .json: JSON.bytes(Fields(status: status, error: title, meaning: meaning, remedy: remedy))
    case .html: html
    }
  }

  private struct Fields: Encodable {
    var status: Int
    var error: String
    var meaning: String
    var remedy: String
  }

  private var html: [UInt8] {
    HTML.document {
      element("head") {
        void("meta", ["charset": "utf-8"])
        void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        void("meta", ["name": "color-scheme", "content": "light dark"])
        element("title") { "\(status) \(title)" }
        HTML.style(Self.sheet)
      }
      element("body") {
        element("main") {
          element("p") { "\(status)" }
          element("h1") { title }
          element("p") { HTML.prose(meaning) }
          element("p") { HTML.prose(remedy) }
        }
      }
    }
  }

  private static let sheet: StaticString = """
    body{margin:0;font:1rem/1.6 system-ui,sans-serif;background:#faf9f6;color:#1d1c19}\
    main{max-width:34rem;margin:18vh auto 0;padding:0 1.5rem}\
    h1{font:500 1.9rem/1.2 Georgia,serif;margin:0 0 1rem}p{margin:0 0 .8rem}p:first-child{margin:0;color:#635f56}\
    code{font:.9em ui-monospace,monospace;background:#8882;padding:.1em .3em;border-radius:.25em;overflow-wrap:anywhere}\
    @media(prefers-color-scheme:dark){body{background:#171613;color:#ebe8e1}p:first-child{color:#a9a498}}
    """
}

extension OwnAnswer.Form {
  package var contentType: String {
    switch self {
    case .text: "text/plain; charset=utf-8"
    case .json: "application/json"
    case .html: "text/html; charset=utf-8"
    }
  }

  /// By the Accept field: the form with the highest weight, the first of equals; text for those that name none of the three.
  package init(accept: String?) {
    let best = (accept ?? "").split(separator: ",").compactMap(Self.weighed).filter { $0.weight > 0 }
      .reduce(nil) { (best: (form: Self, weight: Double)?, next) in next.weight > (best?.weight ?? 0) ? next : best }
    self = best?.form ?? .text
  }

  private static func weighed(_ range: Substring) -> (form: Self, weight: Double)? {
    let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
    let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
    switch parts.first {
    case "text/html"?, "application/xhtml+xml"?: return (.html, weight)
    case "application/json"?, "text/json"?: return (.json, weight)
    case "text/plain"?: return (.text, weight)
    default: return nil
    }
  }
}
