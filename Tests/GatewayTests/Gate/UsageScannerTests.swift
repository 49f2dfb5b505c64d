import Testing

@testable import Gateway

@Suite("Tokens of an answer")
struct UsageScannerTests {
  struct Answer: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var prompt: Int
    var generated: Int
    var isWhole = false
    var testDescription: String { name }
  }

  private static let answers = [
    Answer(
      name: "Ollama's lines",
      text: #"{"model":"m","message":{"role":"assistant","content":"\"eval_count\":7,"},"done":false}"# + "\n"
        + #"{"model":"m","message":{"content":"","tool_calls":[{"function":{"arguments":{"eval_count":99,"prompt_eval_count":98}}}]},"#
        + #""done":true,"total_duration":1,"load_duration":2,"prompt_eval_count":11,"prompt_eval_duration":3,"eval_count":22,"eval_duration":4}"#
        + "\n", prompt: 11, generated: 22),
    Answer(
      name: "OpenAI's events",
      text: "data: {\"choices\":[{\"delta\":{\"content\":\"usage\"}}]}\n\n"
        + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\ndata: [DONE]\n\n",
      prompt: 3,
      generated: 4),
    Answer(
      name: "Anthropic's events",
      text:
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"x\",\"usage\":{\"input_tokens\":5,\"output_tokens\":0}}}\n\n"
        + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end\"},\"usage\":{\"output_tokens\":6}}\n\n",
      prompt: 5, generated: 6),
    Answer(
      name: "responses' events",
      text:
        "event: response.completed\ndata: {\"response\":{\"usage\":{\"input_tokens\":2,\"input_tokens_details\":{\"cached_tokens\":9},"
        + "\"output_tokens\":4}},\"type\":\"response.completed\"}\n\n", prompt: 2, generated: 4),
    Answer(
      name: "an answer in one piece, over lines",
      text: "{\n  \"usage\": {\n    \"prompt_tokens\": 8,\n    \"completion_tokens\" : 9\n  },\n  \"id\": \"x\"\n}\n", prompt: 8,
      generated: 9, isWhole: true),
    Answer(
      name: "llama.cpp's last event",
      text: "data: {\"choices\":[],\"timings\":{\"cache_n\":0,\"prompt_n\":12,\"prompt_ms\":1.5,\"predicted_n\":34}}\n\n",
      prompt: 12,
      generated: 34),
    Answer(
      name: "embeddings", text: "{\"embeddings\":[[0.1,-2e-3],[1,2]],\"prompt_eval_count\":6}", prompt: 6, generated: 0,
      isWhole: true),
    Answer(name: "nothing", text: "404 page not found", prompt: 0, generated: 0),
    Answer(
      name: "an odd line before a good one",
      text: ": {[\"\n\n{{[\"x\ndata: {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n",
      prompt: 1, generated: 2),
    Answer(
      name: "numbers that are none",
      text: "{\"eval_count\":99999999999999999999999999,\"prompt_eval_count\":\"12\"}\n", prompt: 0, generated: 9_999_999_999_999),
  ]

  @Test("are found, however the bytes are cut", arguments: answers)
  func found(answer: Answer) {
    let bytes = Array(answer.text.utf8)
    for size in [1, 2, 3, 7, 64, bytes.count] {
      var scanner = UsageScanner()
      scanner.isWhole = answer.isWhole
      for start in stride(from: 0, to: bytes.count, by: size) {
        scanner.scan(bytes[start..<min(start + size, bytes.count)].span)
      }
      #expect(scanner.prompt == answer.prompt && scanner.generated == answer.generated, "in pieces of \(size)")
    }
  }

  @Test("are about as many as pieces where nobody tells")
  func objects() {
    var scanner = UsageScanner()
    scanner.scan(Array("data: {\"choices\":[{\"text\":\"a\"}]}\n\ndata: {\"choices\":[]}\n\ndata: [DONE]\n\n".utf8).span)
    #expect(scanner.objects == 2)
  }
}
