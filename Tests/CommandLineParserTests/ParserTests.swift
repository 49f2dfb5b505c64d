import CommandLineParser
import Testing

@Suite("Words become a request")
struct ParserTests {
  @Test(
    "An option takes its value in every usual spelling",
    arguments: [
      ["paint", "--colour", "red"], ["paint", "--colour=red"], ["paint", "-c", "red"], ["paint", "-cred"],
      ["paint", "-lcred"], ["paint", "-lc", "red"], ["--home", "/x", "paint", "--colour", "red"],
    ])
  func spellings(words: [String]) throws {
    let invocation = try #require(try Sample.invocation(words))
    #expect(invocation.path == ["paint"])
    #expect(invocation.text(Sample.colour) == "red")
  }

  @Test("What was not given is not there")
  func absent() throws {
    let invocation = try #require(try Sample.invocation(["paint"]))
    #expect(invocation.text(Sample.colour) == nil)
    #expect(invocation.integer(Sample.count) == nil)
    #expect(invocation.texts(Sample.tag).isEmpty)
    #expect(!invocation.has(Sample.loud))
  }

  @Test("Flags stand together behind one hyphen")
  func togetherFlags() throws {
    let invocation = try #require(try Sample.invocation(["paint", "-lqn", "3"]))
    #expect(invocation.has(Sample.loud))
    #expect(invocation.has(Sample.quick))
    #expect(invocation.integer(Sample.count) == 3)
  }

  @Test("A repeated option keeps every value in order, empty and odd ones too")
  func repeated() throws {
    let invocation = try #require(try Sample.invocation(["paint", "--tag", "a", "--tag=", "--tag=--b=c", "--tag", "-"]))
    #expect(invocation.texts(Sample.tag) == ["a", "", "--b=c", "-"])
  }

  @Test("The program's options stand before and after the verb")
  func anywhere() throws {
    for words in [["--home", "/x", "animal", "list"], ["animal", "--home", "/x", "list"], ["animal", "list", "--home=/x"]] {
      let invocation = try #require(try Sample.invocation(words))
      #expect(invocation.path == ["animal", "list"])
      #expect(invocation.text(Sample.home) == "/x")
    }
  }

  @Test("Words become arguments, from two hyphens on whatever they look like")
  func words() throws {
    let invocation = try #require(try Sample.invocation(["animal", "feed", "--", "--leo", "cat"]))
    #expect(invocation.text(Sample.name) == "--leo")
    #expect(invocation.text(Sample.kind) == "cat")
    #expect(try Sample.invocation(["animal", "feed", "leo"])?.text(Sample.kind) == nil)
  }

  @Test(
    "Help is asked for in many ways",
    arguments: [
      ([], []), (["--help"], []), (["-h"], []), (["help"], []), (["help", "animal", "feed"], ["animal", "feed"]),
      (["paint", "--help"], ["paint"]), (["animal", "-h"], ["animal"]), (["animal", "feed", "--help"], ["animal", "feed"]),
      (["paint", "-lh"], ["paint"]), (["--help", "paint", "--nonsense"], []),
    ] as [([String], [String])])
  func help(words: [String], path: [String]) throws {
    #expect(try Parser.parse(words, for: Sample.program) == .help(path: path))
  }

  @Test("Behind two hyphens nothing asks for help")
  func noHelp() throws {
    #expect(try Sample.invocation(["animal", "feed", "--", "--help"])?.text(Sample.name) == "--help")
  }
}
