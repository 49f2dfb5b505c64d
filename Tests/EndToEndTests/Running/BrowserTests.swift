import Testing

extension RunningStackTests {
  @Suite("A browser", .enabled(if: Lab.hasBrowser, "Chromium is not there: Scripts/install-test-tools"))
  struct Browser {
    struct Report<Result: Decodable>: Decodable {
      var result: Result
      var problems: [String]
    }

    struct View: Decodable {
      var title: String
      var overflow: Int
      var links: [String]
      var text: String
      var background: String
    }

    struct FrontPage: Decodable {
      var lengths: [Int]
      var light: View
      var dark: View
      var phone: View
    }

    @Test("signs in, reads the front page, and asks the model by keyboard alone; the answer streams in", .timeLimit(.minutes(3)))
    func frontPage() async throws {
      let report: Report<FrontPage> = try await run("front-page")
      let page = report.result
      #expect(report.problems == [])
      #expect(page.lengths.count >= 5, "the text had these lengths while the answer came: \(page.lengths)")
      #expect((page.lengths.last ?? 0) > 40)
      for view in [page.light, page.dark, page.phone] {
        #expect(!view.title.isEmpty)
        #expect(view.overflow <= 0, "the page is wider than its window")
        for service in ["gradio", "lab", "hello", "model"] { #expect(view.text.contains(service)) }
        for link in ["/gradio/", "/lab1/", "/hello/"] {
          #expect(view.links.contains { $0.hasSuffix(link) }, "no link to \(link)")
        }
      }
      #expect(page.light.background != page.dark.background)
    }

    @Test("uses Gradio behind a prefix that is taken off, and sees the answer grow", .timeLimit(.minutes(2)))
    func gradio() async throws {
      struct Result: Decodable { var partial: Bool }
      let report: Report<Result> = try await run("gradio")
      #expect(report.result.partial)
      #expect(report.problems.filter { $0.contains("WebSocket") || $0.contains("50") } == [])
    }

    @Test("opens JupyterLab behind a prefix that stays", .timeLimit(.minutes(2)))
    func lab() async throws {
      struct Result: Decodable { var url: String }
      let report: Report<Result> = try await run("lab")
      #expect(report.result.url.contains("/lab1/lab"))
    }

    @Test("without credentials sees nothing of the stack")
    func signedOut() async throws {
      struct Result: Decodable {
        var status: Int
        var text: String
      }
      let report: Report<Result> = try await run("signed-out")
      #expect(report.result.status == 401)
      #expect(!report.result.text.contains("gradio"))
    }

    private func run<Result: Decodable>(_ task: String) async throws -> Report<Result> {
      let stack = try RunningStack.stack()
      let arguments = ["base": stack.url(""), "screenshots": Lab.screenshots, "task": task]
      let outcome = try await stack.python("browser.py", arguments, within: 100)
      return try #require(
        try? decoded(Report<Result>.self, from: outcome.output), "the browser could not do it: \(outcome.all)")
    }
  }
}
