import CommandLineParser
import Testing

@testable import CommandLineParser

@Suite("Help is made from the declaration")
struct HelpTextTests {
  @Test("The program's help")
  func program() {
    #expect(
      HelpText(Sample.program).text(for: []) == """
        zoo: keeps animals

        Usage: zoo VERB [OPTION]... [WORD]...

        Cages
          paint  Paint a cage, whoever's it is: [now] "all" of it
          clean  Clean a cage

        Animals
          animal  The animals

        Options, anywhere on the line
          --home DIR  Where everything is
          -h, --help  Show this help

        Exit codes
          0  done
          2  wrong usage

        See the keeper.

        """)
  }

  @Test("A noun's help")
  func noun() {
    #expect(
      HelpText(Sample.program).text(for: ["animal"]) == """
        The animals

        Usage: zoo animal VERB [OPTION]...

        Verbs
          feed NAME [KIND]  Feed one
          list              Name them

        Options
          --home DIR  Where everything is
          -h, --help  Show this help

        """)
  }

  @Test("A verb's help")
  func verb() {
    #expect(
      HelpText(Sample.program).text(for: ["paint"]) == """
        Paint a cage, whoever's it is: [now] "all" of it

        Usage: zoo paint [OPTION]...

        Two coats.

        The second one is dearer.

        Options
          -c, --colour WORD  Which colour: red, green
          -n, --count N      How many
          --tag TEXT         A tag (may be repeated)
          -l, --loud         Say it loudly
          -q, --quick        Say it quickly
          --input FILE       What is read
          --home DIR         Where everything is
          -h, --help         Show this help

        Examples
          zoo paint -c red
              In red

        """)
  }

  @Test("A path that leads nowhere has no help")
  func nowhere() {
    #expect(HelpText(Sample.program).text(for: ["animal", "paint"]) == nil)
  }

  @Test("Text is broken between words, and a long label stands above its meaning")
  func paragraphs() {
    #expect(Paragraphs.wrap("one two  three\nfour", width: 9) == ["one two", "three", "four"])
    #expect(Paragraphs.wrap("unbreakable x", width: 4) == ["unbreakable", "x"])
    #expect(Paragraphs.wrap("", width: 4) == [])
    let label = String(repeating: "l", count: 30)
    let lines = Paragraphs.definitions([(label, String(repeating: "word ", count: 40)), ("s", "short")]).split(separator: "\n")
      .map(String.init)
    #expect(lines.first == "  \(label)")
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines.last == "  s" + String(repeating: " ", count: 25) + "short")
  }
}
