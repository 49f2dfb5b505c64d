import CommandLineParser
import Testing

@Suite("Wrong usage is told")
struct WrongUsageTests {
  @Test(
    "Each mistake has its message",
    arguments: [
      (["pant"], "there is no verb \"pant\" (did you mean paint?)"),
      (["zebra"], "there is no verb \"zebra\""),
      (["animal"], "animal needs a verb: feed, list"),
      (["animal", "fed"], "animal has no verb \"fed\" (did you mean feed?)"),
      (["animal", "feed"], "animal feed needs NAME"),
      (["animal", "feed", "leo", "bird"], "KIND is \"bird\" but should be one of: cat, dog"),
      (["animal", "feed", "leo", "cat", "now"], "\"now\" is one word too many"),
      (["clean", "it"], "clean takes no word, but got \"it\""),
      (["paint", "--color", "red"], "unknown option \"--color\" (did you mean --colour?)"),
      (["paint", "--zzz"], "unknown option \"--zzz\""),
      (["clean", "--colour", "red"], "unknown option \"--colour\""),
      (["paint", "-x"], "unknown option \"-x\""),
      (["paint", "-lx"], "unknown option \"-x\""),
      (["paint", "--colour"], "--colour needs a value: --colour WORD"),
      (["paint", "-c"], "-c needs a value: -c WORD"),
      (["paint", "--colour", "--loud"], "--colour needs a value: --colour WORD"),
      (["paint", "--colour", "blue"], "--colour is \"blue\" but should be one of: red, green"),
      (["paint", "--colour="], "--colour is \"\" but should be one of: red, green"),
      (["paint", "-n", "0"], "-n is \"0\" but should be a whole number from 1 to 9"),
      (["paint", "--count=many"], "--count is \"many\" but should be a whole number from 1 to 9"),
      (["paint", "-n", "99999999999999999999"], "-n is \"99999999999999999999\" but should be a whole number from 1 to 9"),
      (["paint", "--colour", "red", "-c", "red"], "-c is given twice"),
      (["paint", "--loud=yes"], "--loud takes no value"),
      (["--home="], "--home is \"\" but should be a path"),
      (["--home", "/x"], "a verb is missing"),
      (["help", "pant"], "there is no verb \"pant\" (did you mean paint?)"),
      (["clean", "a\u{1B}[31mb\nc"], "clean takes no word, but got \"a?[31mb?c\""),
    ])
  func message(words: [String], message: String) throws {
    let wrong = #expect(throws: WrongUsage.self) { try Parser.parse(words, for: Sample.program) }
    #expect(wrong?.message == message)
  }

  @Test("A long word is cut in the message")
  func long() throws {
    let wrong = #expect(throws: WrongUsage.self) {
      try Parser.parse(["clean", String(repeating: "x", count: 100_000)], for: Sample.program)
    }
    #expect(try #require(wrong).message.count < 120)
  }

  @Test(
    "The second line says where to read on",
    arguments: [(["paint", "-x"], "zoo paint"), (["pant"], "zoo"), (["animal", "x"], "zoo animal")])
  func see(words: [String], command: String) throws {
    let wrong = #expect(throws: WrongUsage.self) { try Parser.parse(words, for: Sample.program) }
    #expect(try #require(wrong).text(Sample.program).hasSuffix("\nSee: \(command) --help\n"))
  }

  @Test("The same word is refused or taken however odd it is, without a trap")
  func oddWords() {
    let odd = ["", "-", "--", "---", "--=", "-=", "=", "--home", "--é", "-é", "\u{0}", "help", "animal", "-c=", "-n1", "🦁"]
    for first in odd {
      for second in odd {
        for third in odd { _ = try? Parser.parse([first, second, third], for: Sample.program) }
      }
    }
  }
}
