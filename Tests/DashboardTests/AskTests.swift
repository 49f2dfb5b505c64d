import Dashboard
import Model
import Testing

@Suite("A question to the model")
struct AskTests {
  struct Broken: Error {}

  @Test("The answer streams in the pieces in which the model gives it")
  func streams() async throws {
    let pages = TestPages { prompt, writer in
      for piece in [prompt, "? ", "Bl", "ue.\n"] { try await writer.write(Array(piece.utf8)) }
    }
    let response = await pages.post("Why ü")
    #expect(response.status == 200 && response.isStream)
    #expect(response.field("Content-Type") == "text/plain; charset=utf-8")
    #expect(response.field("X-Accel-Buffering") == "no" && response.field("Cache-Control") == "no-store")
    #expect(try await response.streamed() == "Why ü? Blue.\n")
  }

  @Test(
    "A browser's question has to come from this origin; a program's needs no proof",
    arguments: [
      ([], true), ([("Origin", "http://127.0.0.1:8080")], true), ([("origin", "HTTP://127.0.0.1:8080")], true),
      ([("Sec-Fetch-Site", "same-origin")], true),
      ([("Sec-Fetch-Site", "same-origin"), ("Origin", "http://127.0.0.1:8080")], true),
      ([("Sec-Fetch-Site", "cross-site")], false), ([("Sec-Fetch-Site", "same-site")], false),
      ([("Sec-Fetch-Site", "none")], false),
      ([("Origin", "null")], false), ([("Origin", "http://evil.example")], false), ([("Origin", "http://127.0.0.1")], false),
      ([("Origin", "http://127.0.0.1:8080.evil.example")], false), ([("Origin", "")], false), ([("Origin", "http://")], false),
      ([("Sec-Fetch-Site", "cross-site"), ("Origin", "http://127.0.0.1:8080")], false),
      ([("Sec-Fetch-Site", "same-origin"), ("Origin", "http://evil.example")], false),
    ] as [([(String, String)], Bool)])
  func sameOrigin(fields: [(String, String)], passes: Bool) async {
    let response = await TestPages().post("Why?", fields: fields.map { ($0.0, $0.1) })
    #expect(response.status == (passes ? 200 : 403))
  }

  @Test(
    "The port that a scheme has by itself may be written or not",
    arguments: [
      ("lean.example.com", "https://lean.example.com", true), ("lean.example.com:443", "https://lean.example.com", true),
      ("Lean.Example.com", "https://lean.example.com", true), ("lean.example.com:8443", "https://lean.example.com", false),
    ])
  func defaultPort(host: String, origin: String, passes: Bool) async {
    let request = LocalRequest(
      method: "POST", path: "/leanto/ask", fields: [("Host", host), ("Origin", origin)], body: Array("Why?".utf8),
      listener: .tunnel)
    let pages = DashboardPages(
      status: { Sample.well }, ask: { _, _ in }, signIn: { _, _, _, _ in .wrong }, signOut: { _, _ in [] }, now: { 0 })
    #expect(await pages.handle(request).status == (passes ? 200 : 403))
  }

  @Test("An origin without a Host to compare with is refused")
  func noHost() async {
    let request = LocalRequest(
      method: "POST", path: "/leanto/ask", fields: [("Origin", "http://a")], body: Array("Why?".utf8), listener: .local)
    let pages = DashboardPages(
      status: { Sample.well }, ask: { _, _ in }, signIn: { _, _, _, _ in .wrong }, signOut: { _, _ in [] }, now: { 0 })
    #expect(await pages.handle(request).status == 403)
  }

  @Test(
    "A question is UTF-8 text of at most 16 KiB",
    arguments: [
      (Array("Why?".utf8), 200), ([], 400), (Array(" \n\t".utf8), 400), ([0xC3, 0x28], 400), ([0xFF], 400),
      (Array(repeating: UInt8(ascii: "x"), count: 16 * 1024), 200),
      (Array(repeating: UInt8(ascii: "x"), count: 16 * 1024 + 1), 413),
    ] as [([UInt8], Int)])
  func limits(body: [UInt8], status: Int) async {
    #expect(await TestPages().post(body).status == status)
  }

  @Test("Without a model the answer is 503 and says where to look")
  func noModel() async {
    let response = await TestPages(status: Sample.stack([], model: nil)).post("Why?")
    #expect(response.status == 503)
    #expect(response.text.contains("No model answers.") && response.text.contains("leanto status"))
  }

  @Test("What the model's side says in words reaches the person, after a separator")
  func problem() async throws {
    let pages = TestPages { _, writer in
      try await writer.write(Array("The sky".utf8))
      throw AskProblem("The model stopped answering.")
    }
    #expect(try await pages.post("Why?").streamed() == "The sky\u{1E}\nThe model stopped answering.\n")
  }

  @Test("Any other failure is told without its inside")
  func failure() async throws {
    let text = try await TestPages { _, _ in throw Broken() }.post("Why?").streamed()
    #expect(text == "\u{1E}\nThe answer broke off. `leanto logs` shows what happened.\n")
  }

  @Test("A model cannot speak with the separator")
  func separator() async throws {
    let pages = TestPages { _, writer in try await writer.write([0x41, 0x1E, 0x42]) }
    #expect(try await pages.post("Why?").streamed() == "AB")
  }

  @Test("The client's going away ends the question, and nothing more is written", .timeLimit(.minutes(1)))
  func goingAway() async throws {
    let pages = TestPages { _, writer in
      while true {
        try Task.checkCancellation()
        try await writer.write([0x41])
        await Task.yield()
      }
    }
    guard case .stream(let run) = await pages.post("Why?").body else {
      Issue.record("no stream")
      return
    }
    let pieces = Pieces()
    let task = Task { try await run(LocalBodyWriter { pieces.add($0) }) }
    while pieces.count == 0 { await Task.yield() }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(!pieces.bytes.contains(0x1E))
  }
}
