import Model
import Testing

@testable import Operations

@Suite("ngrok's errors")
struct NgrokErrorTests {
  /// Every number of ngrok's documentation that concerns an agent or its visitors (facts beside the stand-in).
  static let codes = [
    102, 103, 105, 107, 108, 115, 116, 120, 121, 123, 313, 314, 316, 319, 320, 324, 334, 337, 338, 702, 703, 725, 726, 727, 728,
    3004, 3005, 3006, 3200, 3208, 4018, 6022, 6024, 6030, 8000, 8001, 8008, 8009, 8012, 8013, 9009, 9040,
  ]

  @Test("Each is explained in a sentence, with what mends it", arguments: codes)
  func explained(code: Int) throws {
    let row = try #require(NgrokErrors.row(code))
    #expect(row.meaning.first?.isUppercase == true || row.meaning.hasPrefix("ngrok"))
    #expect(row.meaning.hasSuffix("."))
    #expect(!row.remedy.isEmpty)
    #expect(NgrokErrors.problem(code).code == "ERR_NGROK_\(code)")
  }

  @Test("The table has no other numbers, and none twice")
  func complete() {
    #expect(NgrokErrors.table.flatMap(\.codes).sorted() == Self.codes)
  }

  @Test("A number that nobody knows leads to ngrok's own page")
  func unknown() {
    #expect(NgrokErrors.problem(4711).remedy == "See https://ngrok.com/docs/errors/err_ngrok_4711")
  }

  @Test(
    "The last number in a text counts",
    arguments: [
      ("authentication failed: Your authtoken: abc\r\n\r\nERR_NGROK_107\r\n", 107), ("ERR_NGROK_8012 then ERR_NGROK_334", 334),
      ("ERR_NGROK_", nil), ("err_ngrok_107", nil), ("", nil),
    ] as [(String, Int?)])
  func code(text: String, code: Int?) {
    #expect(NgrokErrors.code(in: text) == code)
  }

  @Test("No explanation quotes a text of the agent's")
  func quotesNothing() {
    let line = #"{"lvl":"eror","msg":"failed to auth","err":"Your authtoken: 2abc_SECRET\r\nERR_NGROK_107"}"#
    guard case .failed(let code)? = AgentEvent(line: line) else {
      Issue.record("no event")
      return
    }
    let problem = NgrokErrors.problem(code)
    #expect(![problem.code, problem.meaning, problem.remedy].joined().contains("SECRET"))
  }
}
