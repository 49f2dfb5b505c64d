import Logging
import Model
import TestSupport
import Testing

@testable import Operations

@Suite("The agent's log")
struct AgentLogTests {
  @Test(
    "Lines that matter",
    arguments: [
      (
        #"{"addr":"127.0.0.1:4041","lvl":"info","msg":"starting web service","obj":"web","t":"2026-11-24T08:00:00Z"}"#,
        .apiStarted(.tcp(host: "127.0.0.1", port: 4041))
      ),
      (#"{"lvl":"info","msg":"tunnel session started","obj":"tunnels.session"}"#, .sessionUp),
      (
        #"{"addr":"http://127.0.0.1:8081","lvl":"info","msg":"started tunnel","name":"x","url":"https://a.example"}"#,
        .endpointUp(url: "https://a.example")
      ),
      (#"{"err":"remote gone away","lvl":"eror","msg":"session closed, starting reconnect loop"}"#, .sessionLost),
      (#"{"err":"failed to start: ERR_NGROK_334\r\n","lvl":"eror","msg":"session closing"}"#, .failed(code: 334)),
      ("ERROR:  authentication failed: ERR_NGROK_4018", .failed(code: 4018)),
      (#"{"err":"cut off ERR_NGROK_105"#, .failed(code: 105)),
    ] as [(String, AgentEvent)])
  func events(line: String, event: AgentEvent) {
    #expect(AgentEvent(line: line) == event)
  }

  @Test(
    "Lines that do not",
    arguments: [
      "", "{", "null", "[]", #"{"msg":"open config file"}"#, #"{"msg":"starting web service","addr":"10.0.0.1:4040"}"#,
      #"{"msg":"starting web service","addr":"127.0.0.1:0"}"#, #"{"msg":7}"#, "t=now lvl=info msg=\"no config paths\"",
    ])
  func noEvents(line: String) {
    #expect(AgentEvent(line: line) == nil)
  }

  @Test("A log is followed over its rotation, line by line")
  func follow() throws {
    let folder = try ScratchFolder("log")
    let log = RotatingFile(path: folder.path + "/tunnel.log", limit: 20)
    var reader = AgentLogReader(path: log.path)
    func write(_ text: String) {
      let bytes = Array(text.utf8)
      log.write(bytes.span)
    }
    #expect(reader.newLines() == [])
    write("one\ntw")
    #expect(reader.newLines() == ["one"])
    write("o\nthree\n")
    #expect(reader.newLines() == ["two", "three"])
    write("after rotation\n")
    #expect(reader.newLines() == ["after rotation"])
  }

  @Test(
    "Latency as Go writes it",
    arguments: [("87ms", 87.0), ("1.2s", 1200), ("500µs", 0.5), ("x", nil), ("-1ms", nil)] as [(String, Double?)])
  func latency(text: String, milliseconds: Double?) {
    #expect(AgentAPI.milliseconds(text) == milliseconds)
  }

  @Test("A secret is taken out of output, however it is cut", arguments: 1...12)
  func filter(size: Int) {
    var filter = OutputFilter()
    filter.hide(["2abcDEF_secret", "short"])
    let text = Array("token 2abcDEF_secret, 2abc, 2abcDEF_secret2abcDEF_secret short end\n".utf8)
    var shown: [UInt8] = []
    for start in stride(from: 0, to: text.count, by: size) {
      shown += filter.pass(Array(text[start..<min(start + size, text.count)]))
    }
    #expect(String(decoding: shown, as: UTF8.self) == "token (hidden), 2abc, (hidden)(hidden) short end\n")
  }
}
