import Glibc
import Model
import Testing

@testable import Access

/// A folder of its own, gone with the value that holds it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/leanto-access-XXXXXX".utf8CString)
    path = try unsafe template.withUnsafeMutableBufferPointer { buffer in
      let start = try unsafe #require(buffer.baseAddress)
      let made = try unsafe #require(mkdtemp(start))
      return unsafe String(cString: made)
    }
  }

  deinit {
    for name in names { unsafe unlink(path + "/" + name) }
    unsafe rmdir(path)
  }

  var names: [String] {
    guard let folder = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name.0) { unsafe String(cString: $0) }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// Writes `text` and returns the path.
  @discardableResult
  func write(_ text: String, to name: String, mode: UInt32 = 0o600) throws -> String {
    let file = path + "/" + name
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC, mode)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    try #require(fchmod(descriptor, mode) == 0)
    let bytes = Array(text.utf8)
    let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    try #require(count == bytes.count)
    return file
  }

  func mode(of name: String) -> UInt32? {
    var status = stat()
    return unsafe stat(path + "/" + name, &status) == 0 ? status.st_mode & 0o7777 : nil
  }
}

/// Waits until `condition` holds; false when it does not within ten seconds.
func eventually(_ condition: () -> Bool) async throws -> Bool {
  let deadline = ContinuousClock.now + .seconds(10)
  while !condition() {
    guard ContinuousClock.now < deadline else { return false }
    try await Task.sleep(for: .milliseconds(1))
  }
  return true
}

/// `Authorization` values as clients write them.
func basic(_ user: String, _ password: String) -> String { basic("\(user):\(password)") }

func basic(_ text: String) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  let bits = text.utf8.flatMap { byte in (0..<8).reversed().map { Int(byte >> $0) & 1 } }
  let padded = bits + Array(repeating: 0, count: (6 - bits.count % 6) % 6)
  let sextets = stride(from: 0, to: padded.count, by: 6).map { padded[$0..<$0 + 6].reduce(0) { $0 * 2 + $1 } }
  return "Basic " + String(sextets.map { alphabet[$0] }) + String(repeating: "=", count: (3 - text.utf8.count % 3) % 3)
}

/// The lines of a users' file, hashed as cheaply as bcrypt can: most tests are not about time.
func userLines(_ users: KeyValuePairs<String, String>, cost: Int = 4) -> String {
  users.map { "\($0.key):\(String(decoding: Bcrypt.hash(SecretBytes($0.value), cost: cost).text, as: UTF8.self))\n" }.joined()
}

/// A policy over a users' file of its own.
struct Fixture {
  let folder: TemporaryFolder
  let policy: AccessPolicy

  init(
    _ users: KeyValuePairs<String, String> = ["anna": "correct horse"], cost: Int = 4, threads: Int? = nil, queue: Int = 64,
    now: @escaping @Sendable () -> UInt64 = AccessPolicy.clock, wallClock: @escaping @Sendable () -> UInt32 = { wallSeconds() }
  ) throws {
    folder = try TemporaryFolder()
    policy = AccessPolicy(
      usersFile: try folder.write(userLines(users, cost: cost), to: "users"), threads: threads, queue: queue, now: now,
      wallClock: wallClock)
    try #require(policy.reload().users == users.count)
  }

  func door(_ routes: [Route] = [route()]) -> TestDoor { TestDoor(policy, routes) }
}

func route(_ authentication: RouteAuthentication = .door, public paths: [PublicPath] = []) -> Route {
  Route(service: "notes", target: .local, authentication: authentication, publicPaths: paths)
}

/// A door and what it answered later.
final class TestDoor {
  private let answers = Lock<[UInt64: [AccessDecision]]>([:])
  private let door: Door
  private var lastTicket: UInt64 = 0

  init(_ policy: AccessPolicy, _ routes: [Route]) {
    door = policy.makeDoor(routes) { [answers] ticket, decision in
      answers.withLock { $0[ticket, default: []].append(decision) }
    }
  }

  func models(_ user: Int32) -> Set<String>? { door.models(user) }

  var userNames: [String] { door.userNames.map { String(decoding: $0, as: UTF8.self) } }

  /// The decision at once: perhaps `pending`. `change`: what else the question says.
  func ask(
    _ authorization: String = "", cookies: String = "", key: String = "", target: String = "/", listener: ListenerKind = .local,
    route: Int = 0,
    client: UInt64 = 1, isUpgrade: Bool = false, _ change: (inout AccessQuestion) -> Void = { _ in }
  ) -> AccessDecision {
    lastTicket += 1
    var question = AccessQuestion(
      listener: listener, route: route, ticket: lastTicket, client: ClientAddress(high: 0, low: client), isUpgrade: isUpgrade)
    change(&question)
    return door.decide(
      question, Array(target.utf8).span, Array(authorization.utf8).span, Array(cookies.utf8).span, Array(key.utf8).span)
  }

  /// The decision, waited for when it is pending.
  func decide(
    _ authorization: String = "", target: String = "/", listener: ListenerKind = .local, route: Int = 0, client: UInt64 = 1
  ) async throws -> AccessDecision {
    let decision = ask(authorization, target: target, listener: listener, route: route, client: client)
    guard decision == .pending else { return decision }
    return try await answer(to: lastTicket)
  }

  func answer(to ticket: UInt64) async throws -> AccessDecision {
    try #require(try await eventually { self.answered(ticket) != nil })
    return try #require(answered(ticket))
  }

  /// Nil: not yet. Fails the test when a ticket was answered twice.
  func answered(_ ticket: UInt64) -> AccessDecision? {
    let all = answers.withLock { $0[ticket] ?? [] }
    #expect(all.count <= 1)
    return all.first
  }

  var ticket: UInt64 { lastTicket }
  var answerCount: Int { answers.withLock { $0.count } }

  /// Whose the decision is.
  func user(_ decision: AccessDecision) -> String? {
    guard case .pass(let index?, _, _) = decision else { return nil }
    return userNames[Int(index)]
  }
}
