import Testing

@testable import Logging

@Suite("Log records")
struct LogFormatTests {
  private func line(_ format: LogFormat, _ metadata: [(String, String)], level: Logger.Level = .info) -> String {
    let bytes = format.line(time: 1_795_507_200, level: level, label: "gateway", message: "A sentence", metadata: metadata)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("text is a time, a level, a label, a sentence and values")
  func text() {
    #expect(line(.text, [("port", "8080")]) == "2026-11-24T08:00:00Z info  gateway: A sentence port=8080\n")
    #expect(line(.text, [], level: .error) == "2026-11-24T08:00:00Z error gateway: A sentence\n")
    #expect(line(.text, [], level: .warning) == "2026-11-24T08:00:00Z warning gateway: A sentence\n")
  }

  @Test("JSON is one object a line")
  func json() {
    let expected =
      #"{"time":"2026-11-24T08:00:00Z","level":"info","label":"gateway","message":"A sentence","port":"8080"}"# + "\n"
    #expect(line(.json, [("port", "8080")]) == expected)
  }

  @Test(
    "no value can begin a line of its own or reach a terminal's controls",
    arguments: [
      ("", #"key="""#), ("two words", #"key="two words""#), ("a\nb", #"key="a\nb""#), ("a\r\tb", #"key="a\r\tb""#),
      (#"a"b\c"#, #"key="a\"b\\c""#), ("\u{1b}[31m", #"key="\u001b[31m""#), ("\u{9b}31m", "key=\\u009b31m"),
      ("\u{2028}", "key=\\u2028"), ("größer", "key=größer"),
    ])
  func escapes(value: String, expected: String) {
    #expect(line(.text, [("key", value)]) == "2026-11-24T08:00:00Z info  gateway: A sentence \(expected)\n")
    #expect(line(.json, [("key", value)]).split(separator: "\n").count == 1)
  }

  @Test("a value is cut so that one record cannot fill a disk")
  func longValue() {
    let text = line(.text, [("key", String(repeating: "x", count: 1_000_000))])
    #expect(text.utf8.count < LogFormat.longestValue + 100)
    #expect(text.hasSuffix("x...\n"))
  }

  @Test(
    "times are right across leap years and centuries",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (1_709_251_199, "2024-02-29T23:59:59Z"),
      (1_709_251_200, "2024-03-01T00:00:00Z"), (4_107_542_399, "2100-02-28T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
      (1_798_761_599, "2026-12-31T23:59:59Z"),
    ])
  func timestamps(time: Int, expected: String) {
    #expect(LogFormat.timestamp(time) == expected)
  }

  @Test("a level is known by its name, in any case")
  func levels() {
    #expect(Logger.Level.allCases.map { Logger.Level(name: "\($0)") } == Logger.Level.allCases)
    #expect(Logger.Level(name: "Warning") == .warning)
    #expect(Logger.Level(name: "loud") == nil)
  }
}
