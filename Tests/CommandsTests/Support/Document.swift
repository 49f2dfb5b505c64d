@testable import Commands

/// One of the repository's texts for people.
struct Document: Sendable {
  /// Seen from the repository's root.
  var name: String
  var lines: [Substring]

  private static let root =
    #filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 } + "/"

  init(_ name: String) throws {
    self.name = name
    let bytes = try LiveFiles.read(Self.root + name, offset: 0, count: 1 << 20)
    let text = String(decoding: bytes, as: UTF8.self)
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()[...].map { $0 }
  }

  static func exists(_ name: String) -> Bool { LiveFiles.facts(root + name) != nil }

  /// The names of all of them that people read first.
  static let names = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"] + pages

  private static let pages: [String] =
    ((try? LiveFiles.list(root + "docs")) ?? []).filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }

  /// Runs of lines that are indented by four, without their indentation.
  var blocks: [[Substring]] {
    lines.reduce(into: [[]]) { blocks, line in
      if line.hasPrefix("    ") {
        blocks[blocks.count - 1].append(line.dropFirst(4))
      } else if !line.isEmpty {
        blocks.append([])
      }
    }.filter { !$0.isEmpty }
  }

  /// What stands between single backticks outside of blocks.
  var spans: [Substring] {
    lines.filter { !$0.hasPrefix("    ") }.flatMap { line in
      line.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    }
  }

  /// The cells of each row of its tables, heads and rules left out.
  var rows: [[String]] {
    lines.filter { $0.hasPrefix("| ") }.map { line in
      line.split(separator: "|").map { $0.trimmed }
    }
  }

  /// Where links inside the repository lead, from the root.
  var links: [String] {
    let folder = name.contains("/") ? name.split(separator: "/").dropLast().joined(separator: "/") + "/" : ""
    return lines.joined(separator: "\n").split(separator: "](").dropFirst().compactMap { rest in
      let target = rest.prefix { $0 != ")" && $0 != "#" }
      return target.isEmpty || target.contains("://") ? nil : String(folder + target)
    }
  }

  /// Commands of leanto that a person may type, word by word, without comments and what they are piped from.
  var commands: [[String]] {
    let typed = blocks.joined().compactMap { line -> Substring? in
      let line = line.hasPrefix("$ ") ? line.dropFirst(2) : line
      return line.split(separator: " | ").last?.prefix { $0 != "#" }
    }
    return (typed + spans).compactMap { text in
      let words = text.split(separator: " ").map(String.init)
      guard words.count > 1, ["leanto", "build/leanto"].contains(words[0]), !words.contains("VERB") else { return nil }
      // A target's name is no verb.
      return words[1].first?.isUppercase == true ? nil : Array(words.dropFirst())
    }
  }
}

extension Substring {
  var trimmed: String {
    let end = reversed().drop { $0 == " " }
    return String(end.reversed().drop { $0 == " " })
  }
}
