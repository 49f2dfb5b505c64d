import Model
import Testing

@testable import Access

@Suite("Public paths")
struct PublicPathsTests {
  @Test(
    "match byte for byte, in whole segments",
    arguments: [
      ("/hook", true, "/hook", true), ("/hook", true, "/hook/", true), ("/hook", true, "/hook/x/y", true),
      ("/hook", true, "/hook?x=/../", true), ("/hook", true, "/hookx", false), ("/hook", true, "/hook-x", false),
      ("/hook", true, "/hook.x", false), ("/hook", true, "/hoo", false), ("/hook", true, "/Hook", false),
      ("/hook", true, "/HOOK/x", false), ("/hook", true, "/%68ook", false), ("/hook", true, "/", false),
      ("/hook", true, "", false),
      ("/hook/", true, "/hook/", true), ("/hook/", true, "/hook/x", true), ("/hook/", true, "/hook", false),
      ("/hook/", true, "/hook?/", false), ("/hook/", true, "/hookx/", false),
      ("/exact", false, "/exact", true), ("/exact", false, "/exact?a", true), ("/exact", false, "/exact/", false),
      ("/exact", false, "/exact/x", false), ("/exact/", false, "/exact/", true), ("/exact/", false, "/exact/x", false),
      ("/", true, "/anything", true), ("/", false, "/", true), ("/", false, "/x", false), ("", true, "/", false),
      ("/n8n/webhook/", true, "/n8n/webhook/a", true), ("/n8n/webhook/", true, "/webhook/a", false),
    ])
  func matching(path: String, isPrefix: Bool, target: String, isPublic: Bool) {
    let paths = PublicPaths([PublicPath(path: path, isPrefix: isPrefix)])
    #expect(contains(paths, target) == isPublic)
  }

  @Test("are several, or none")
  func several() {
    let paths = PublicPaths([PublicPath(path: "/a", isPrefix: false), PublicPath(path: "/b/", isPrefix: true)])
    #expect(contains(paths, "/a"))
    #expect(contains(paths, "/b/c"))
    #expect(!contains(paths, "/c"))
    #expect(!contains(PublicPaths([]), "/"))
  }

  @Test(
    "are not entered by a path that some reader takes for another",
    arguments: [
      "/webhook/../rest", "/webhook/%2e%2e/rest", "/webhook/%252e%252e/rest", "/webhook/..%2frest", "/webhook/..%5crest",
      "/webhook/..\\rest", "/webhook/..;/rest", "/webhook/x/..;a=b/../rest", "/webhook;/../rest", "/webhook/;/x",
      "/webhook//rest",
      "//webhook/x", "/webhook/%00", "/webhook/x%00.js", "/webhook/\u{1}", "/webhook/\u{e9}", "/webhook/%c0%ae%c0%ae/rest",
      "/webhook/%ef%bc%8e%ef%bc%8e/rest", "/webhook/./rest", "/webhook/x#/../rest", "/webhook/x?a#b", "/webhook/%", "/webhook/%2",
      "/webhook..", "/webhook../rest", "/webhook-x", "/webhook.", "/webhook%2f", "/Webhook/x", "/WEBHOOK/x", "/./webhook/x",
      "/x/../webhook/x", "http://host/webhook/x", "https://host/webhook/../rest", "HTTP://host/webhook/x", "host/webhook/x", "*",
      "webhook/x",
      "host:443", "?/webhook/", "/?/webhook/", "/%2fwebhook/x", "\\webhook\\x", " /webhook/x", "/webhook/x ",
    ])
  func attacks(target: String) async throws {
    let fixture = try Fixture()
    let door = fixture.door([
      route(public: [PublicPath(path: "/webhook/", isPrefix: true), PublicPath(path: "/webhook", isPrefix: true)])
    ])
    for listener in AccessRulesTests.asking { #expect(door.ask(target: target, listener: listener) == .challenge) }
  }
}

private func contains(_ paths: PublicPaths, _ target: String) -> Bool { paths.contain(Array(target.utf8).span) }
