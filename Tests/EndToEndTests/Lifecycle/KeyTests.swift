import Model
import Testing

extension LifecycleTests {
  @Suite("A program's key")
  struct Key {
    @Test("opens its service at once and until it is revoked; the service never sees it")
    func key() async throws {
      try await withServing { stack in
        let added = try await stack.leanto("key", "add", "ci", "--for", "hello", "--verbs", "GET")
        #expect(added.status == 0, "\(added.all)")
        let key = try #require(
          added.output.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("leanto_") && $0.count == 50 })
        let place = stack.url("/hello/a")
        try await until("the key counts", within: 5) {
          try await stack.statusCode(place, "-H", "Authorization: Bearer \(key)") == 200
        }
        let bearer = try await stack.curl("-H", "Authorization: Bearer \(key)", place)
        let field = try await stack.curl("-H", "x-api-key: \(key)", "-H", "Authorization: Bearer of-the-service", place)
        let own = try await stack.curl("-H", "X-API-Key: of-the-service", stack.url("/hello/open/x"))
        #expect(!bearer.contains("leanto_") && !field.contains("leanto_"), "\(bearer) \(field)")
        #expect(field.contains("Bearer of-the-service") && own.contains("of-the-service"), "\(field) \(own)")
        #expect(try await stack.statusCode(place, "-H", "Authorization: Bearer \(key)", "-d", "x") == 403)
        #expect(try await stack.statusCode(stack.url("/leanto/whoami"), "-H", "X-API-Key: \(key)") == 403)
        let list = try await stack.leanto("key", "list")
        #expect(list.output.contains(key.prefix(15)) && !list.output.contains(key), "\(list.all)")
        try await until("the use is kept", within: 5) { try await stack.leanto("key", "list").output.contains(" ago") }
        #expect(try await stack.leanto("key", "revoke", "ci").status == 0)
        try await until("the key is over", within: 5) {
          try await stack.statusCode(place, "-H", "Authorization: Bearer \(key)") == 401
        }
      }
    }
  }
}
