import CommandLineParser
import Settings
import Testing

@testable import Commands

@Suite("What the documentation says")
struct DocumentationTests {
  @Test("Every command in it is one that leanto understands", arguments: Document.names)
  func commands(name: String) throws {
    for words in try Document(name).commands {
      #expect(throws: Never.self, "leanto \(words.joined(separator: " "))") {
        _ = try Parser.parse(words, for: LeantoProgram.declaration)
      }
    }
  }

  @Test("README shows commands, so that the test above has something to look at")
  func hasCommands() throws {
    #expect(try Document("README.md").commands.count > 10)
    #expect(try Document("docs/access.md").commands.contains(["user", "add", "ada"]))
  }

  @Test("Every block of settings in it is right", arguments: Document.names)
  func settings(name: String) throws {
    for block in try Document(name).blocks where Self.isSettings(block) {
      let text = block.joined(separator: "\n") + "\n"
      #expect(throws: Never.self, "\(text)") {
        _ = try SettingsFile.parse(Array(text.utf8), file: name, environment: [:])
      }
    }
  }

  @Test("README has a settings file and a piece of one")
  func hasSettings() throws {
    #expect(try Document("README.md").blocks.filter(Self.isSettings).count == 2)
  }

  private static func isSettings(_ block: [Substring]) -> Bool {
    let keys = ["name:", "gateway:", "access:", "tunnel:", "llm:", "services:", "monitoring:"]
    return block.first { !$0.hasPrefix("#") }.map { line in keys.contains { line.hasPrefix($0) } } ?? false
  }

  @Test(
    "No page grows longer than somebody reads",
    arguments: Document.names.filter { $0 != "CHANGELOG.md" && $0 != "docs/performance.md" })
  func length(name: String) throws {
    let most = ["README.md": 200, "ARCHITECTURE.md": 150][name] ?? 120
    #expect(try Document(name).lines.count <= most)
  }

  @Test("Every link inside the repository leads somewhere", arguments: Document.names)
  func links(name: String) throws {
    // `make benchmarks` writes that page.
    for link in try Document(name).links where link != "docs/performance.md" {
      #expect(Document.exists(link), "\(link)")
    }
  }

  @Test("The table of exit codes is the one of the program")
  func exitCodes() throws {
    let rows = try Document("docs/exit-codes.md").rows.filter { Int32($0[0]) != nil }
    let statuses = LeantoProgram.declaration.exitStatuses
    #expect(rows.compactMap { Int32($0[0]) } == statuses.map(\.code))
    for (row, status) in zip(rows, statuses) { #expect(status.meaning.hasPrefix(row[1])) }
  }

  @Test("The tables of public classes name all of them, in the presets' order")
  func publicClasses() throws {
    let named = try Document("docs/services.md").rows.filter { $0.count == 3 && $0[0].hasPrefix("`") }.map {
      $0[0].filter { $0 != "`" }
    }
    let presets = KnownPresets.builtIn.classes
    let expected = (presets["n8n"] ?? []) + (presets["flowise"] ?? [])
    #expect(named.filter { expected.contains($0) } == expected)
  }

  @Test("Every limit and timeout of the gateway stands there with its default")
  func gatewayDefaults() throws {
    let rows = try Document("docs/gateway.md").rows.filter { $0[0].hasPrefix("`limits.") || $0[0].hasPrefix("`timeouts.") }
    #expect(rows.count == 10)
    for row in rows {
      let key = row[0].dropFirst().prefix { $0 != "`" }.split(separator: ".")
      let value = row[1].prefix { !" ,;".contains($0) }
      let text = "gateway: { \(key[0]): { \(key[1]): \(value) } }\n"
      let settings = try SettingsFile.parse(Array(text.utf8), file: "gateway.md", environment: [:])
      #expect(settings == StackSettings(), "\(text)")
    }
  }

  @Test("The map of targets is that of Package.swift")
  func targets() throws {
    let package = try Document("Package.swift").lines.joined().filter { $0 != " " }
    for line in try Document("ARCHITECTURE.md").blocks[0] {
      let words = line.split(separator: " ").map(String.init)
      guard words[0] != "leanto", !words[0].hasSuffix(",") else { continue }
      let declared = package.split(separator: "target(\"\(words[0])\",[").dropFirst().first?.prefix { $0 != "]" } ?? ""
      let names = declared.split(separator: ",").map { String($0.filter { $0 != "\"" }) }.filter {
        !$0.hasPrefix("C") || known($0)
      }
      #expect(Set(names) == Set(words.dropFirst()), "\(words[0])")
    }
  }

  /// The C libraries stand in another table.
  private func known(_ name: String) -> Bool { ["CommandLineParser", "Client", "Commands"].contains(name) }
}
