import TestSupport
import Testing

@testable import Gateway

@Suite("Lists of models")
struct ModelListTests {
  private func list(_ kind: ModelList.Kind, _ answers: [String], where isAllowed: (String) -> Bool = { _ in true }) -> String? {
    var list = ModelList(kind)
    for answer in answers where !list.add(Array(answer.utf8), where: isAllowed) { return nil }
    return String(decoding: list.body, as: UTF8.self)
  }

  @Test("are put together of several servers', each model once, with what is said of it untouched")
  func together() {
    let one =
      #"{"models":[{"name":"a","size":1.50,"details":{"name":"x","families":["f"]}},{"name":"b"}],"other":[{"name":"z"}]}"#
    let two = " { \"models\" : [ {\"name\":\"b\",\"size\":2} , {\"name\":\"c\"} ] }\n"
    #expect(
      list(.native, [one, two])
        == #"{"models":[{"name":"a","size":1.50,"details":{"name":"x","families":["f"]}},{"name":"b"},{"name":"c"}]}"#)
    #expect(
      list(.openAI, [#"{"object":"list","data":[{"id":"a","object":"model"}],"models":[{"name":"path"}]}"#])
        == #"{"object":"list","data":[{"id":"a","object":"model"}]}"#)
  }

  @Test("hold only what may be seen")
  func allowed() throws {
    let tags = try OllamaExchange("get-tags").response.body.text
    #expect(list(.native, [tags], where: { $0 == "none" }) == #"{"models":[]}"#)
    #expect(list(.native, [tags], where: { $0 == "gemma3:270m" })?.contains(#""name":"gemma3:270m""#) == true)
    // What has no name is nobody's.
    #expect(list(.native, [#"{"models":[{"model":"a"},1,null,{"name":7},{"name":"b"}]}"#]) == #"{"models":[{"name":"b"}]}"#)
  }

  @Test(
    "may be empty, and are not taken from what is none",
    arguments: ["", "[]", "{\"models\":[", "{\"models\":[{]}", "404 page not found"])
  func none(answer: String) {
    #expect(list(.native, [answer]) == nil)
    for empty in ["{}", "{\"models\":null}", "{\"models\":[]}", "{\"models\":{}}"] {
      #expect(list(.native, [empty]) == "{\"models\":[]}")
    }
  }
}
