import FoundationEssentials
import Glibc
import HTTP
import Model
import TestSupport
import Testing

@testable import Gateway

private struct ParsedRecord: Decodable {
  var time: String
  var listener: String
  var client: String
  var user: String?
  var service: String
  var request: String
  var status: Int
  var sent: Int
  var received: Int
  var us: Int
  var firstMicroseconds: Int?

  enum CodingKeys: String, CodingKey {
    case time, listener, client, user, service, request, status, sent, received, us
    case firstMicroseconds = "first_us"
  }
}

@Suite("An access record")
struct RecordTests {
  @Test(
    "is one line of JSON whatever the client sends",
    arguments: [
      "GET /", "GET /\"},{\"", "GET /\\", "GET /\\\"", "GET /\u{FF}\u{80}\u{C3}", "GET /</script>", "GET /\u{E2}\u{80}\u{A8}",
      "-", "", "GET /{}[]:,'",
      "GET /\u{7F}\u{1}\u{1F}\n\r\t\u{0}", "A\u{8}B /", "GET /%22%0a",
    ])
  func hostile(line: String) throws {
    let record = try parse { $0.line = octets(line) }
    #expect(record.request == line)
  }

  @Test(
    "leaves the query out",
    arguments: [
      ("GET /a?token=secret", "GET /a?..."), ("GET /?", "GET /?..."), ("GET /a?b?c\"", "GET /a?..."),
      ("GET http://h/a?secret", "GET http://h/a?..."),
    ])
  func query(line: String, request: String) throws { #expect(try parse { $0.line = octets(line) }.request == request) }

  @Test("says who asked whom, what came of it, and how long it took")
  func whole() throws {
    let record = try parse(user: "j\u{FC}r\"gen\\", service: "n8n \"2\"") { exchange in
      exchange.line = octets("POST /x")
      exchange.clientText = octets("2001:db8::1")
      exchange.status = 503
      exchange.sent = 12_345_678_901
      exchange.received = 7
      exchange.startedAt = 1_000_000
      exchange.answeredAt = 3_500_000
    }
    #expect(
      record.listener == "tunnel" && record.client == "2001:db8::1" && record.user == "j\u{FC}r\"gen\\"
        && record.service == "n8n \"2\"")
    #expect(
      record.status == 503 && record.sent == 12_345_678_901 && record.received == 7 && record.us == 9_000
        && record.firstMicroseconds == 2_500)
  }

  @Test("says nothing of a user or a first byte that there was not")
  func without() throws {
    let record = try parse { $0.startedAt = 0 }
    #expect(record.user == nil && record.firstMicroseconds == nil)
  }

  @Test("is gathered into batches that are given away and whose memory comes back")
  func batches() {
    var buffer = RecordBuffer()
    #expect(!buffer.isFull && buffer.openedAt == .max)
    var exchange = Exchange()
    exchange.line = octets("GET /")
    let none: [UInt8] = []
    buffer.append(exchange, kind: .local, service: none.span, user: none.span, finishedAt: 0, now: 5)
    buffer.append(exchange, kind: .local, service: none.span, user: none.span, finishedAt: 0, now: 9)
    #expect(buffer.openedAt == 5)
    let batch = buffer.takeBatch()
    #expect(batch.filter { $0 == 10 }.count == 2 && buffer.isEmpty && buffer.openedAt == .max)
    buffer.refill(with: batch)
    while !buffer.isFull {
      buffer.append(exchange, kind: .local, service: none.span, user: none.span, finishedAt: 0, now: 9)
    }
    #expect(buffer.takeBatch().count >= RecordBuffer.full)
  }

  private func parse(user: String = "", service: String = "", _ change: (inout Exchange) -> Void) throws -> ParsedRecord {
    var exchange = Exchange()
    change(&exchange)
    var buffer = RecordBuffer()
    let (service, user) = (octets(service), octets(user))
    buffer.append(exchange, kind: .tunnel, service: service.span, user: user.span, finishedAt: 10_000_000, now: 0)
    let line = buffer.takeBatch()
    #expect(line.last == 10 && line.filter { $0 < 32 }.count == 1 && line.allSatisfy { $0 < 127 })
    return try JSONDecoder().decode(ParsedRecord.self, from: Data(line))
  }
}

@Suite("The wall clock")
struct WallClockTests {
  @Test(
    "knows the Gregorian calendar",
    arguments: [
      (0, 1970, 1, 1), (30, 1970, 1, 31), (31, 1970, 2, 1), (58, 1970, 2, 28), (59, 1970, 3, 1), (364, 1970, 12, 31),
      (365, 1971, 1, 1),
      (789, 1972, 2, 29), (790, 1972, 3, 1), (11_016, 2000, 2, 29), (11_017, 2000, 3, 1), (10_957, 2000, 1, 1),
      (20_781, 2026, 11, 24),
      (19_782, 2024, 2, 29), (24_855, 2038, 1, 19), (47_540, 2100, 2, 28), (47_541, 2100, 3, 1), (47_847, 2101, 1, 1),
      (157_113, 2400, 2, 29),
    ])
  func civil(days: Int, year: Int, month: Int, day: Int) { #expect(WallClock.civil(days) == (year, month, day)) }

  @Test("counts every day to 2200 without a gap")
  func everyDay() {
    var (year, month, day) = (1970, 1, 1)
    for days in 0..<84_000 {
      if WallClock.civil(days) != (year, month, day) { return fail("day \(days) is not \(year)-\(month)-\(day)") }
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let length = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
      day += 1
      if day > length { (day, month) = (1, month + 1) }
      if month > 12 { (month, year) = (1, year + 1) }
    }
  }

  @Test("says the same as the system, in both forms")
  func now() {
    var clock = WallClock()
    // The second may change between two readings of the clock.
    for _ in 0..<3 {
      let before = time(nil)
      let date = latin1(clock.httpDate())
      var writer = ByteWriter(capacity: 64)
      clock.appendTimestamp(to: &writer)
      var stamp: [UInt8] = []
      writer.append(to: &stamp)
      guard before == time(nil) else { continue }
      #expect(date == formatted(before, "%a, %d %b %Y %H:%M:%S GMT"))
      #expect(latin1(stamp).hasPrefix(formatted(before, "%Y-%m-%dT%H:%M:%S.")))
      #expect(stamp.count == 24 && stamp.last == UInt8(ascii: "Z"))
      return
    }
  }

  private func formatted(_ second: time_t, _ format: String) -> String {
    var second = second
    var parts = unsafe tm()
    unsafe gmtime_r(&second, &parts)
    var text = [CChar](repeating: 0, count: 64)
    let count = unsafe strftime(&text, 64, format, &parts)
    return latin1(text.prefix(count).map { UInt8(bitPattern: $0) })
  }
}
