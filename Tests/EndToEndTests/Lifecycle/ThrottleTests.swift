import Model
import Testing

extension LifecycleTests {
  @Suite("Who guesses at passwords")
  struct Throttle {
    @Test("is locked out by address, also over a restart, until the time is over or somebody unlocks it")
    func throttle() async throws {
      let access = "{ throttle: { wrong: 3, within: 10m, ban: 10m } }"
      try await withServing(access: access) { stack in
        let place = stack.url("/leanto/whoami", on: stack.tunnel)
        let (guesser, other) = ("X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: 203.0.113.10")
        for number in 1...3 { #expect(try await stack.statusCode(place, "-H", guesser, "-u", "ada:wrong \(number)") == 401) }
        let answer = try await stack.curl("-i", "-H", guesser, "-u", stack.credentials, place)
        #expect(answer.hasPrefix("HTTP/1.1 429"), "\(answer)")
        #expect(answer.lowercased().contains("retry-after: "), "\(answer)")
        // Who writes more into the field than the agent adds is the same sender.
        let forged = "X-Forwarded-For: 198.51.100.1, 203.0.113.9"
        #expect(try await stack.statusCode(place, "-H", forged, "-u", stack.credentials) == 429)
        #expect(try await stack.statusCode(place, "-H", other, "-u", stack.credentials) == 200)

        try await restart(stack)
        #expect(try await stack.statusCode(place, "-H", guesser, "-u", stack.credentials) == 429)
        let list = try await stack.leanto("user", "list")
        #expect(list.output.contains("203.0.113.9 (as ada): for "), "\(list.all)")
        let unlocked = try await stack.leanto("user", "unlock", "ada")
        #expect(unlocked.output == "203.0.113.9: unlocked\n", "\(unlocked.all)")
        #expect(try await stack.statusCode(place, "-H", guesser, "-u", stack.credentials) == 200)
      }
    }
  }
}
