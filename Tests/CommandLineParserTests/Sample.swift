import CommandLineParser

/// A small program with one of everything.
enum Sample {
  static let colour = Option("colour", short: "c", .oneOf(["red", "green"]), "WORD", "Which colour")
  static let count = Option("count", short: "n", .integer(1...9), "N", "How many")
  static let tag = Option("tag", .text, "TEXT", repeats: true, "A tag")
  static let loud = Option.flag("loud", short: "l", "Say it loudly")
  static let quick = Option.flag("quick", short: "q", "Say it quickly")
  static let home = Option("home", .directory, "DIR", "Where everything is")
  static let input = Option("input", .file, "FILE", "What is read")
  static let name = Argument("NAME", "Whose")
  static let kind = Argument("KIND", "Which", .optional, value: .oneOf(["cat", "dog"]))

  static let program = Program(
    "zoo", "keeps animals", discussion: "See the keeper.",
    options: [home],
    verbs: [
      Verb(
        "paint", "Paint a cage, whoever's it is: [now] \"all\" of it", section: "Cages",
        discussion: "Two coats.\n\nThe second one is dearer.", options: [colour, count, tag, loud, quick, input],
        examples: [.init("zoo paint -c red", "In red")]),
      Verb("clean", "Clean a cage", section: "Cages"),
      Verb(
        "animal", "The animals", section: "Animals",
        verbs: [Verb("feed", "Feed one", arguments: [name, kind]), Verb("list", "Name them")]),
    ],
    exitStatuses: [.init(0, "done"), .init(2, "wrong usage")])

  static func invocation(_ words: [String]) throws -> Invocation? {
    guard case .run(let invocation) = try Parser.parse(words, for: program) else { return nil }
    return invocation
  }
}
