internal import Glibc
internal import Model

/// The throttle's counters as a small text file: a line a fact, times in milliseconds before or after the moment of writing, and a
/// keyed sum at the end that any damage breaks.
///
///     leanto throttle 1
///     written 1795513325123 SALT
///     sender HIGH LOW USER BANS UNTIL|- LAST TIME,TIME
///     user USER START CURRENT PREVIOUS
///     familiar HIGH LOW USER LAST
///     sum SUM
enum GuessFile {
  enum Reading {
    case ledger(GuessLedger, salt: [UInt8])
    case damaged(String)
  }

  static let largest = 12 << 20
  private static let title = "leanto throttle 1"

  static func bytes(of ledger: GuessLedger, salt: [UInt8], now: Int64, wallClock: Int64 = wallClock()) -> [UInt8] {
    var lines = [title, "written \(wallClock) \(hexadecimal(salt))"]
    func relative(_ time: Int64) -> Int64 { (time - now) / 1_000_000 }
    for (client, sender) in ledger.senders {
      let until = sender.bannedUntil.map { "\(relative($0))" } ?? "-"
      let times = sender.wrong.map { "\(relative($0))" }.joined(separator: ",")
      lines.append(
        "sender \(client.high) \(client.low) \(sender.user.value) \(sender.bans) \(until) \(relative(sender.lastWrong)) \(times)")
    }
    for (user, target) in ledger.targets {
      lines.append("user \(user.value) \(relative(target.start)) \(target.current) \(target.previous)")
    }
    for (pair, last) in ledger.familiar {
      lines.append("familiar \(pair.client.high) \(pair.client.low) \(pair.user.value) \(relative(last))")
    }
    let body = Array((lines.joined(separator: "\n") + "\n").utf8)
    return body + Array("sum \(sum(body, salt))\n".utf8)
  }

  static func read(_ bytes: [UInt8], rules: ThrottleRules, now: Int64, wallClock: Int64 = wallClock()) -> Reading {
    var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: true)
    guard lines.count >= 3, lines[0] == title else { return .damaged("it is not one of this version") }
    let written = lines[1].split(separator: " ")
    guard written.count == 3, let writtenAt = Int64(written[1]), let salt = hexadecimalBytes(written[2]),
      salt.count == 32
    else {
      return broken
    }
    let last = lines.removeLast()
    let body = Array((lines.joined(separator: "\n") + "\n").utf8)
    guard last == "sum \(sum(body, salt))" else { return broken }
    // A clock that was set back lets no ban end sooner; one that was set forward, by no more than the time that it shows.
    let elapsed = max(0, wallClock - writtenAt)
    var ledger = GuessLedger(rules: rules)
    for line in lines.dropFirst(2) {
      let parts = line.split(separator: " ", omittingEmptySubsequences: false)
      guard take(parts, into: &ledger, { now + ($0 - elapsed) * 1_000_000 }) else { return broken }
    }
    return .ledger(ledger, salt: salt)
  }

  private static let broken = Reading.damaged("it is damaged")

  private static func take(_ parts: [Substring], into ledger: inout GuessLedger, _ time: (Int64) -> Int64) -> Bool {
    func relative(_ text: Substring) -> Int64? { Int64(text).flatMap { abs($0) < 1 << 42 ? time($0) : nil } }
    switch parts.first {
    case "sender" where parts.count == 8:
      guard let client = client(parts), let user = Int(parts[3]), let bans = Int(parts[4]), let last = relative(parts[6]) else {
        return false
      }
      let wrong = parts[7].split(separator: ",").compactMap(relative)
      let until = parts[5] == "-" ? nil : relative(parts[5])
      ledger.senders[client] = .init(wrong: wrong, bannedUntil: until, bans: bans, user: UserMark(value: user), lastWrong: last)
    case "user" where parts.count == 5:
      guard let user = Int(parts[1]), let start = relative(parts[2]), let current = Int(parts[3]), let previous = Int(parts[4])
      else { return false }
      ledger.targets[UserMark(value: user)] = .init(start: start, current: current, previous: previous)
    case "familiar" where parts.count == 5:
      guard let client = client(parts), let user = Int(parts[3]), let last = relative(parts[4]) else { return false }
      ledger.familiar[.init(client: client, user: UserMark(value: user))] = last
    default: return false
    }
    return true
  }

  private static func client(_ parts: [Substring]) -> ClientAddress? {
    guard let high = UInt64(parts[1]), let low = UInt64(parts[2]) else { return nil }
    return ClientAddress(high: high, low: low)
  }

  private static func sum(_ body: [UInt8], _ salt: [UInt8]) -> String {
    let key = CredentialKey(of: body.span, secret: salt)
    return hexadecimal(key.bytes)
  }

  /// Milliseconds since 1970.
  static func wallClock() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
