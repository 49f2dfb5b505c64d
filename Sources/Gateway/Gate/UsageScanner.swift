/// Finds how many tokens an answer counts, while it passes: nothing is kept, held back or changed. Reads Ollama's lines, events of
/// OpenAI's and Anthropic's kind, and whole answers of all three, however the bytes are cut.
struct UsageScanner {
  /// That the model read, and made. 0: not told.
  private(set) var prompt = 0
  private(set) var generated = 0
  /// Complete objects so far: of a stream that tells nothing, about as many as tokens.
  private(set) var objects = 0

  private enum Word: UInt8 {
    case other, promptEvalCount, evalCount, usage, promptTokens, completionTokens, inputTokens, outputTokens, message, response
    case timings, promptN, predictedN
  }

  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  /// The string that was read last, as far as it can be a key of interest.
  private var text = InlineArray<20, UInt8>(repeating: 0)
  private var length = 0
  /// Of the member whose value is read.
  private var key = Word.other
  /// Under which key the object at depths 2 and 3 lies.
  private var parents = InlineArray<2, Word>(repeating: .other)
  private var number = 0
  private var isInNumber = false

  mutating func scan(_ bytes: Span<UInt8>) {
    for index in bytes.indices { scan(bytes[index]) }
  }

  private mutating func scan(_ byte: UInt8) {
    if isInString { return scanString(byte) }
    if isInNumber {
      if byte &- 48 <= 9 {
        // Not a number of tokens any more.
        if number < 1 << 40 { number = number * 10 + Int(byte &- 48) }
        return
      }
      isInNumber = false
      store()
    }
    switch byte {
    case UInt8(ascii: "\"") where depth > 0:
      isInString = true
      length = 0
    case UInt8(ascii: "{"): open()
    case UInt8(ascii: "["): if depth > 0 { open() }
    case UInt8(ascii: "}"), UInt8(ascii: "]"): close()
    case UInt8(ascii: ":"): key = depth > 0 && depth <= 3 ? word() : .other
    case UInt8(ascii: ","): key = .other
    case 48...57 where depth > 0 && key != .other:
      isInNumber = true
      number = Int(byte &- 48)
    // A line's end ends what was no JSON: one odd event does not hide those after it.
    case 10: if depth > 0, !isWhole { reset() }
    default: break
    }
  }

  private mutating func scanString(_ byte: UInt8) {
    if isEscaped {
      isEscaped = false
      length = 255
    } else if byte == UInt8(ascii: "\\") {
      isEscaped = true
    } else if byte == UInt8(ascii: "\"") {
      isInString = false
    } else if length < 20 {
      text[length] = byte
      length += 1
    } else {
      length = 255
    }
  }

  /// Set for an answer in one piece, which may hold line ends.
  var isWhole = false

  private mutating func reset() {
    (depth, key, isInString, isEscaped, isInNumber) = (0, .other, false, false, false)
  }

  private mutating func open() {
    depth += 1
    if depth == 2 || depth == 3 { parents[depth - 2] = key }
    key = .other
    length = 255
  }

  private mutating func close() {
    guard depth > 0 else { return }
    depth -= 1
    key = .other
    if depth == 0 { objects += 1 }
  }

  private mutating func store() {
    let isUsage =
      (depth == 2 && parents[0] == .usage)
      || (depth == 3 && parents[1] == .usage && (parents[0] == .message || parents[0] == .response))
    switch key {
    case .promptEvalCount where depth == 1: prompt = number
    case .evalCount where depth == 1: generated = number
    case .promptTokens where isUsage, .inputTokens where isUsage: prompt = max(prompt, number)
    case .completionTokens where isUsage, .outputTokens where isUsage: generated = max(generated, number)
    // llama.cpp tells in every stream's last event.
    case .promptN where depth == 2 && parents[0] == .timings: prompt = max(prompt, number)
    case .predictedN where depth == 2 && parents[0] == .timings: generated = max(generated, number)
    default: break
    }
  }

  private func word() -> Word {
    guard length <= 20 else { return .other }
    let words: [(StaticString, Word)] = Self.words
    for (text, word) in words where isText(text) { return word }
    return .other
  }

  private func isText(_ wanted: StaticString) -> Bool {
    guard wanted.utf8CodeUnitCount == length else { return false }
    return wanted.withUTF8Buffer { wanted in
      for index in 0..<wanted.count where unsafe text[index] != wanted[index] { return false }
      return true
    }
  }

  private static let words: [(StaticString, Word)] = [
    ("prompt_eval_count", .promptEvalCount), ("eval_count", .evalCount), ("usage", .usage), ("prompt_tokens", .promptTokens),
    ("completion_tokens", .completionTokens), ("input_tokens", .inputTokens), ("output_tokens", .outputTokens),
    ("message", .message), ("response", .response), ("timings", .timings), ("prompt_n", .promptN), ("predicted_n", .predictedN),
  ]
}
