import CommandLineParser
import Glibc
import Model
import Testing

@testable import Commands

/// LEANTO_UPDATE_GOLDEN=1 writes the files anew; then read the difference.
@Suite("Help is pinned")
struct HelpGoldenTests {
  static let paths = [[]] + LeantoProgram.declaration.allVerbs.map(\.path)

  @Test("The help of the program and of every verb is as its golden file says", arguments: paths)
  func golden(path: [String]) async throws {
    let world = World(path + ["--help"], stack: false)
    #expect(await world.run() == .done)
    let file = Self.folder + "/help" + path.map { "-" + $0 }.joined() + ".txt"
    if getenvIsSet("LEANTO_UPDATE_GOLDEN") {
      try LiveFiles.remove(file)
      try LiveFiles.create(file, Array(world.output.value.utf8), mode: 0o644)
    }
    let golden = try LiveFiles.read(file, offset: 0, count: 65536)
    #expect(world.output.value == String(decoding: golden, as: UTF8.self))
  }

  @Test("No line of help is wider than 80 columns", arguments: paths)
  func width(path: [String]) throws {
    let text = try #require(HelpText(LeantoProgram.declaration).text(for: path))
    for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test("Every golden file belongs to a verb")
  func noRest() throws {
    #expect(try LiveFiles.list(Self.folder).filter { $0.hasPrefix("help") }.count == Self.paths.count)
  }

  @Test("Every verb that is declared can be run, and has an own name, a section and a summary without a full stop")
  func complete() {
    for (path, verb) in LeantoProgram.declaration.allVerbs {
      #expect(verb.isNoun || CommandTree.command(at: path) != nil)
      #expect(!verb.summary.isEmpty && !verb.summary.hasSuffix("."))
      #expect(path.count > 1 || !verb.section.isEmpty)
    }
    #expect(Set(Self.paths).count == Self.paths.count)
    #expect(CommandTree.command(at: ["user"]) == nil)
    #expect(CommandTree.command(at: ["user", "nobody"]) == nil)
  }

  private func getenvIsSet(_ name: String) -> Bool { unsafe getenv(name) != nil }

  private static let folder = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Golden"
}
