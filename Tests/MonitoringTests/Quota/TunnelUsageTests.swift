import Model
import Testing

@testable import Monitoring

@Suite("The quota's guard")
struct TunnelUsageTests {
  /// 2026-11-11T00:00:00Z: ten days of thirty are over.
  static let now = 1_794_355_200.0
  static let free = QuotaPlan(name: "free", requests: 1000, bytes: 1_000_000)

  static func usage(_ requests: Int, bytes: Int = 100, path: String = "/n8n/rest/active", at time: Double = now) -> TunnelUsage {
    var usage = TunnelUsage()
    for _ in 0..<requests { usage.add(TunnelRecord(path: path, sent: bytes), now: time) }
    return usage
  }

  private func measure(_ name: String, _ status: QuotaStatus) throws -> QuotaStatus.Measure {
    try #require(status.measures.first { $0.name == name })
  }

  @Test("Records of the tunnel are read from a batch, others are not")
  func records() {
    let lines = [
      #"{"time":"2026-11-24T12:00:00.123Z","listener":"tunnel","client":"203.0.113.5","user":"a\"b","service":"n8n","request":"GET /n8n/rest/push?...","status":101,"sent":512,"received":7,"us":9}"#,
      #"{"time":"2026-11-24T12:00:00.123Z","listener":"local","client":"127.0.0.1","service":"n8n","request":"GET /x","status":200,"sent":9}"#,
      #"{"time":"2026-11-24T12:00:00.123Z","listener":"tunnel","client":"198.18.7.9","service":"","request":"GET /probe","status":401,"sent":9}"#,
      #"{"time":"2026-11-24T12:00:00.123Z","listener":"local","client":"\"listener\":\"tunnel\"","request":"GET /y","sent":9}"#,
      #"{"time":"x","listener":"tunnel","request":"POST /webhook/a\"b","sent":99999999999999999999}"#, "{", "",
    ]
    let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
    let found = TunnelRecord.all(in: bytes.span)
    #expect(found.first == TunnelRecord(path: "/n8n/rest/push", sent: 512))
    #expect(found.map(\.path) == ["/n8n/rest/push", #"/webhook/a\"#])
  }

  @Test(
    "Paths that mean the same count together",
    arguments: [
      ("/", "/"), ("/n8n/assets/index-Dk29sA.js", "/n8n/assets/*"), ("/n8n/rest/workflows/4711", "/n8n/rest/workflows/*"),
      ("/webhook/0f8fad5b-d9cb-469f-a165-70867728950e", "/webhook/*"), ("/a/b/c/d/e", "/a/b/c/*"), ("/hook/", "/hook/"),
      ("/v1/x", "/v1/x"), ("/42/x", "/*/x"),
    ])
  func grouping(path: String, group: String) {
    #expect(QuotaPath.group(path) == group)
  }

  @Test("Used, limit and forecast: the last days' pace goes on to the month's end")
  func forecast() throws {
    var usage = Self.usage(70, at: Self.now - 3 * 86_400)
    usage.addConnections(20, now: Self.now)
    let status = usage.status(Self.free, now: Self.now)
    let requests = try measure("requests", status)
    #expect(requests.used == 70 && requests.limit == 1000)
    // Ten a day in the last seven, for twenty days more.
    #expect(requests.forecast == 70 + 200)
    #expect(try measure("bytes", status).used == 7000)
    #expect(try measure("connections", status).forecast == 60)
    #expect(status.month == "2026-11" && status.plan == "free")
  }

  @Test("On the first day of a month hours are no pace")
  func firstDay() throws {
    let start = 1_793_491_200.0
    let status = Self.usage(10, at: start + 3600).status(Self.free, now: start + 3600)
    #expect(try measure("requests", status).forecast < 320)
  }

  @Test(
    "Warned at 70 and 90 per cent",
    arguments: [(699, .fine), (700, .high), (899, .high), (900, .critical), (1000, .exhausted)]
      as [(Int, QuotaStatus.Level)])
  func levels(used: Int, level: QuotaStatus.Level) {
    #expect(TunnelUsage.level(used, 1000) == level)
    #expect(TunnelUsage.level(used, nil) == .fine)
  }

  @Test("Each level is warned of once a month")
  func warnings() {
    var usage = Self.usage(700)
    #expect(usage.newWarnings(usage.status(Self.free, now: Self.now)).map(\.name) == ["requests"])
    #expect(usage.newWarnings(usage.status(Self.free, now: Self.now)).isEmpty)
    for _ in 0..<200 { usage.add(TunnelRecord(path: "/x", sent: 1), now: Self.now) }
    #expect(usage.newWarnings(usage.status(Self.free, now: Self.now)).map(\.level) == [.critical])
    usage.begin(Self.now + 30 * 86_400)
    #expect(usage.month == "2026-12" && usage.total == TunnelUsage.Count())
  }

  @Test("The costliest paths are named, and what saves most is advised")
  func advice() {
    var usage = Self.usage(150)
    for _ in 0..<40 { usage.add(TunnelRecord(path: "/webhook/a", sent: 20_000), now: Self.now) }
    let status = usage.status(Self.free, now: Self.now)
    #expect(status.paths.map(\.path) == ["/webhook/a", "/n8n/rest/active"])
    #expect(status.advice.contains { $0.contains("n8n editor") })
    #expect(!status.advice.contains { $0.contains("front page") })
    #expect(Self.usage(20).status(Self.free, now: Self.now).advice.isEmpty)
  }

  @Test("A pace that does not last is said")
  func pace() {
    let status = Self.usage(400, path: "/webhook/a").status(Self.free, now: Self.now)
    #expect(status.advice == ["At this pace the month's requests do not last."])
  }

  @Test("Strangers cannot make the table of paths grow without end")
  func bounded() {
    var usage = Self.usage(50)
    for number in 0..<3000 { usage.add(TunnelRecord(path: "/x\(number)y/z", sent: 1), now: Self.now) }
    let status = usage.status(Self.free, now: Self.now)
    #expect(status.paths.first?.path == "/n8n/rest/active")
    #expect(status.measures[0].used == 3050)
  }

  @Test(
    "Days of the calendar",
    arguments: [
      (0.0, 1970, 1, 1), (951_782_400, 2000, 2, 29), (1_794_355_200, 2026, 11, 11), (4_102_444_799, 2099, 12, 31),
    ])
  func dates(time: Double, year: Int, month: Int, day: Int) {
    let date = CivilDate(time: time)
    #expect((date.year, date.month, date.day) == (year, month, day))
  }
}
