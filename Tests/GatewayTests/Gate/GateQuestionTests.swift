import Testing

@testable import Gateway

@Suite("The model that a body names")
struct GateQuestionTests {
  private func question(_ body: String) -> GateQuestion { GateQuestion(Array(body.utf8).span) }

  @Test(
    "is found wherever it stands, however it is written",
    arguments: [
      #"{"model":"gemma3:270m"}"#, #" { "model" : "gemma3:270m" , "stream" : false } "#,
      #"{"messages":[{"role":"user","content":"\"model\":\"x\", }{]["}],"options":{"model":"y"},"model":"gemma3:270m"}"#,
      #"{"model":"gemma3\u003a270m"}"#, #"{"\u006dodel":"gemma3:270m"}"#, "\n\t{\"model\":\"gemma3:270m\"}\r\n",
      #"{"a":[-1.5e+3,0,0.1,1E9,true,false,null,{},[],""],"model":"gemma3:270m"}"#,
      #"{"models":1,"mode":2,"model":"gemma3:270m"}"#,
    ])
  func named(body: String) {
    #expect(question(body).model == .named("gemma3:270m"))
  }

  @Test(
    "is unclear where two readers could find different ones",
    arguments: [
      "", " ", "[]", "null", "\"model\"", #"{"model":"a""#, #"{"model":"a"}}"#, #"{"model":"a"} {"model":"b"}"#,
      #"{"model":"a"}x"#,
      #"{"model":"a","model":"b"}"#, #"{"model":"a","model":"a"}"#, #"{"model":"a","MODEL":"b"}"#, #"{"Model":"a"}"#,
      #"{"mODEL":"a"}"#, #"{"model":"a","\u004dodel":"b"}"#, #"{"model":null}"#, #"{"model":1}"#, #"{"model":["a"]}"#,
      #"{"model":{"a":1}}"#, #"{"model":""}"#, #"{"model":"a b"}"#, #"{"model":"a\n"}"#, #"{"model":"a\u0000"}"#,
      #"{"model":"gemma3\uff1a270m"}"#, #"{"model":"\ud800"}"#, #"{'model':'a'}"#, #"{model:"a"}"#, #"{"model":"a",}"#,
      #"{,"model":"a"}"#, #"{"model":"a"/**/}"#, "\u{FEFF}{\"model\":\"a\"}", #"{"model":"a","x":01}"#, #"{"model":"a","x":+1}"#,
      #"{"model":"a","x":.5}"#, #"{"model":"a","x":1.}"#, #"{"model":"a","x":NaN}"#, #"{"model":"a","x":tru}"#,
      #"{"model":"a","x":"\x"}"#, #"{"model":"a","x":"\u12g4"}"#, "{\"model\":\"a\",\"x\":\"\u{1}\"}",
      "{\"model\":\"a\",\"x\":\"\n\"}",
      #"{"model":"a" "x":1}"#, #"{"model" "a"}"#, #"{"model":"a","x":[1,]}"#, #"{"model":"a","x":[1 2]}"#,
      "{\"model\":\"a\u{0}\"}",
    ])
  func unclear(body: String) {
    #expect(question(body).model == .unclear)
  }

  @Test("is unclear in bytes that are no text, and below more levels than anybody needs")
  func bytes() {
    #expect(GateQuestion(Array(#"{"model":"a"#.utf8 + [0xFF] + Array(#""}"#.utf8)).span).model == .unclear)
    #expect(GateQuestion(Array(#"{""#.utf8 + [0xC3] + Array(#"":1,"model":"a"}"#.utf8)).span).model == .unclear)
    let deep = "{\"x\":" + String(repeating: "[", count: 100_000) + "1"
    #expect(question(deep).model == .unclear)
    let nested = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
    #expect(question("{\"x\":\(nested),\"model\":\"a\"}").model == .named("a"))
  }

  @Test("may be absent, and the client may read a stream")
  func others() {
    #expect(question("{}") == GateQuestion(model: .absent))
    #expect(question(#"{"prompt":"x"}"#) == GateQuestion(model: .absent))
    #expect(question(#"{"stream":true,"model":"a"}"#) == GateQuestion(model: .named("a"), streams: true))
    for value in ["false", "\"true\"", "1", "null"] { #expect(!question("{\"stream\":\(value)}").streams) }
  }
}
