import CommandLineParser
import Testing

@Suite("Completions and the manual page work in the programs that read them")
struct DerivedTests {
  /// Words that are typed (the last one unfinished), and what must be offered.
  static let offers: [(words: [String], offered: Set<String>)] = [
    ([""], ["paint", "clean", "animal"]),
    (["pa"], ["paint"]),
    (["animal", ""], ["feed", "list"]),
    (["animal", "fe"], ["feed"]),
    (["--home", "/", "cl"], ["clean"]),
    (["paint", "--colour", ""], ["red", "green"]),
    (["paint", "-c", "g"], ["green"]),
    (["paint", "--colour", "red", "--lo"], ["--loud"]),
    (["paint", "--qu"], ["--quick"]),
    (["clean", "--h"], ["--home", "--help"]),
    (["animal", "feed", "leo", "c"], ["cat"]),
    (["paint", "--home", "/usr/sha"], ["/usr/share"]),
    (["paint", "--tag", "x"], []),
  ]

  @Test("bash offers what fits", arguments: offers)
  func bash(words: [String], offered: Set<String>) throws {
    let line = """
      source {}; COMP_WORDS=(zoo \(words.map { "'\($0)'" }.joined(separator: " "))); COMP_CWORD=\(words.count)
      compopt() { :; }; _zoo; printf '%s\\n' "${COMPREPLY[@]}"
      """
    let found = try run(Completions(Sample.program).script(for: .bash), "bash --norc -c", line)
    #expect(options(found, for: words) == offered)
  }

  @Test("bash splits at the equals sign and still offers the values")
  func bashEquals() throws {
    let line = "source {}; COMP_WORDS=(zoo paint --colour = g); COMP_CWORD=4; _zoo; printf '%s\\n' \"${COMPREPLY[@]}\""
    #expect(try run(Completions(Sample.program).script(for: .bash), "bash --norc -c", line) == "green\n")
  }

  @Test("fish offers what fits", .enabled(if: isInstalled("fish")), arguments: offers)
  func fish(words: [String], offered: Set<String>) throws {
    let line = "source {}; complete -C 'zoo \(words.joined(separator: " "))' | cut -f1"
    let found = try run(Completions(Sample.program).script(for: .fish), "fish --no-config -c", line)
    #expect(options(found, for: words) == offered)
  }

  @Test("zsh reads the script", .enabled(if: isInstalled("zsh")))
  func zsh() throws {
    #expect(
      try run(
        Completions(Sample.program).script(for: .zsh), "zsh -f -c",
        "autoload -U compinit; compinit -D; source {}; echo $_comps[zoo]") == "_zoo\n")
  }

  @Test("The manual page has no mistake that groff sees, and every verb and option", .enabled(if: isInstalled("groff")))
  func manual() throws {
    let page = ManualPage(Sample.program, version: "1.0-beta").text
    #expect(try run(page, "sh -c", "groff -man -Tascii -ww -z {} 2>&1") == "")
    let text = try #require(try run(page, "sh -c", "groff -man -Tascii -P-cbou {}"))
    for part in [
      "zoo paint [OPTION]...", "zoo animal feed [OPTION]... NAME [KIND]", "-c, --colour WORD", "wrong usage", "zoo 1.0-beta",
    ] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
  }

  @Test("A line that begins with a full stop or holds a backslash stays text", .enabled(if: isInstalled("groff")))
  func roff() throws {
    let program = Program("zoo", ".hidden \\fBno\\fR", discussion: ".SH not a heading", verbs: [Verb("x", "'quoted'")])
    let text = try #require(try run(ManualPage(program, version: "1").text, "sh -c", "groff -man -Tascii -P-cbou {}"))
    for part in [".hidden \\fBno\\fR", ".SH not a heading", "'quoted'"] { #expect(text.contains(part), "\(part) in \(text)") }
  }

  /// `{}` in the line becomes a file with the script.
  private func run(_ script: String, _ program: String, _ line: String) throws -> String? {
    try withFile(script) { path in
      let parts = line.split(separator: "{}", omittingEmptySubsequences: false).joined(separator: path)
      let quoted = parts.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      return shell("\(program) '\(quoted)'")
    }
  }

  /// Options are offered beside verbs and words; where the word that is typed is empty only the others are compared.
  private func options(_ output: String?, for words: [String]) -> Set<String> {
    let all = (output ?? "failed").split(separator: "\n").map { $0.hasSuffix("/") ? String($0.dropLast()) : String($0) }
    return Set(words.last == "" ? all.filter { !$0.hasPrefix("-") } : all)
  }
}
