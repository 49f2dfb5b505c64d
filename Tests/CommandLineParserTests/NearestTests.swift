import CommandLineParser
import Testing

@testable import CommandLineParser

@Suite("Did you mean")
struct NearestTests {
  @Test(
    "Distances count one for an insertion, a deletion, a change and a swap",
    arguments: [
      ("", "", 0), ("a", "", 1), ("", "abc", 3), ("status", "status", 0), ("stauts", "status", 1), ("statu", "status", 1),
      ("xtatus", "status", 1), ("kitten", "sitting", 3), ("ca", "abc", 3),
    ])
  func distance(left: String, right: String, distance: Int) {
    #expect(Nearest.distance(Array(left.utf8), Array(right.utf8)) == distance)
    #expect(Nearest.distance(Array(right.utf8), Array(left.utf8)) == distance)
  }

  @Test(
    "Only a near word is offered",
    arguments: [
      ("chekc", "check"), ("UP", "up"), ("u", "up"), ("restrat", "restart"), ("remove", nil), ("", nil), ("qqqqqqqq", nil),
    ] as [(String, String?)])
  func word(typed: String, expected: String?) {
    #expect(Nearest.word(to: typed, in: ["check", "up", "restart", "status"]) == expected)
  }

  @Test("Without known words there is no hint")
  func empty() {
    #expect(Nearest.hint(for: "x", in: []) == "")
  }
}
