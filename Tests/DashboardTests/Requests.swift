import Dashboard
import Model
import Synchronization

/// Pages over a fixed status and a model that says what it is given.
struct TestPages {
  var status = Sample.well
  var answer: @Sendable (_ prompt: String, _ writer: LocalBodyWriter) async throws -> Void = { _, _ in }
  var signIn: @Sendable (String, String, String, Bool) async -> SignInResult = { _, _, _, _ in .wrong }

  func get(
    _ path: String, method: String = "GET", fields: [(name: String, value: String)] = [("Host", "127.0.0.1:8080")],
    listener: ListenerKind = .local, user: String? = "anna"
  ) async -> LocalResponse {
    await handle(LocalRequest(method: method, path: path, fields: fields, listener: listener, user: user, client: "192.0.2.7"))
  }

  func post(_ body: String, fields: [(name: String, value: String)] = []) async -> LocalResponse {
    await post(Array(body.utf8), fields: fields)
  }

  func post(_ body: [UInt8], fields: [(name: String, value: String)] = []) async -> LocalResponse {
    await handle(
      LocalRequest(
        method: "POST", path: "/leanto/ask", fields: [("Host", "127.0.0.1:8080")] + fields, body: body, listener: .local))
  }

  func handle(_ request: LocalRequest) async -> LocalResponse {
    let status = status
    return await DashboardPages(
      status: { status }, ask: answer, signIn: signIn, signOut: { Array("out \($0) \($1)".utf8) }, now: { Sample.now }
    ).handle(request)
  }
}

extension LocalResponse {
  func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }

  /// Of a body of bytes.
  var text: String {
    if case .bytes(let bytes) = body { String(decoding: bytes, as: UTF8.self) } else { "" }
  }

  var isStream: Bool {
    if case .stream = body { true } else { false }
  }

  /// Runs the body's function to its end.
  func streamed() async throws -> String {
    guard case .stream(let run) = body else { return text }
    let pieces = Pieces()
    try await run(LocalBodyWriter { piece in pieces.add(piece) })
    return String(decoding: pieces.bytes, as: UTF8.self)
  }
}

final class Pieces: Sendable {
  private let all = Mutex<[[UInt8]]>([])

  func add(_ piece: [UInt8]) { all.withLock { $0.append(piece) } }
  var bytes: [UInt8] { all.withLock { $0.flatMap { $0 } } }
  var count: Int { all.withLock { $0.count } }
}
