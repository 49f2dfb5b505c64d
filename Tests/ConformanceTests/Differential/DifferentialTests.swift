import TestSupport
import Testing

@Suite(
  "Leanto takes nothing that a stricter proxy refuses, but for what is written down", .conformance, .serialized,
  .enabled(if: Engine.chosen == .builtin, "one of them is Caddy itself"))
struct DifferentialTests {
  /// What Leanto takes and another refuses, each with its reason in docs/strictness.md.
  static let reasons: Set<String> = [
    "target \"/\u{80}\"", "target \"/%\"", "target \"/%zz\"", "target \"/%00\"", "target \"/../a\"", "target \"/a/../../b\"",
    "target \"http://other/\"", "method \"get\"", "method \"!\"", "110 fields",
    "a field of 60,000 bytes",
    "length \"5\\t\"", "length \"\\t5\"", "coding \"\\tchunked\"", "chunks \"5 ;a=b\\r\\nhello\\r\\n0\\r\\n\\r\\n\"",
    "an empty line before the request", "a websocket by POST",
  ]

  /// How many requests got an answer other than an error. `most`: how many it may be, which are waited for with more patience.
  private static func taken(_ bytes: String, at port: UInt16, most: Int? = nil) throws -> Int {
    let client = try RawConnection(port: port)
    try? client.send(bytes)
    var count = 0
    while count < most ?? .max,
      let response = try? client.response(to: "GET", count == 0 || most != nil ? .seconds(3) : .seconds(0.3))
    {
      if response.status >= 400 { break }
      count += 1
    }
    return count
  }

  private static func compare(_ port: UInt16, _ peers: [Peer]) throws -> [String: [String: Int]] {
    var verdicts: [String: [String: Int]] = [:]
    for test in DifferentialCases.all {
      var counts = ["Leanto": try taken(test.bytes, at: port)]
      // Most are refused by all: what Leanto does not take needs no judge.
      if counts["Leanto"] ?? 0 > 0 {
        for peer in peers { counts[peer.name] = try taken(test.bytes, at: peer.port, most: counts["Leanto"]) }
      }
      verdicts[test.name] = counts
    }
    return verdicts
  }

  @Test("nginx, HAProxy and Caddy beside it: each that is installed")
  func peers() throws {
    let upstream = try ScriptedUpstream()
    upstream.start()
    // Whatever the host is, as with the others.
    let gateway = try Engine.chosen.start(GatewayPlan(services: [.init(name: "all", port: upstream.port, at: "/", asks: false)]))
    let peers = try Peer.start(upstream.port)
    defer {
      for process in peers.map(\.process) + [gateway.process] { process.remove() }
      upstream.stop()
    }
    let missing = Peer.names.filter { name in !peers.contains { $0.name == name } }
    if !missing.isEmpty { print("not compared with: \(missing.joined(separator: ", ")) (Benchmarks/install-peers)") }
    let verdicts = try Self.compare(gateway.ports.local, peers)
    var laxer: Set<String> = []
    for (name, counts) in verdicts {
      guard let own = counts["Leanto"], own > 0, let least = counts.values.min(), least < own else { continue }
      laxer.insert(name)
      #expect(Self.reasons.contains(name), "\(name): taken by Leanto, and not so by all: \(counts)")
    }
    // With all of them here, a reason that nobody needs any more is taken out.
    if missing.isEmpty { #expect(Self.reasons.subtracting(laxer) == []) }
    #expect(verdicts.count { $0.value["Leanto"] == 0 } > 100)
  }
}
