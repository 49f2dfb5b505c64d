import Glibc
import HTTP

/// Wall-clock time as text, in UTC. The calendar is worked out once a second.
struct WallClock {
  private var second = -1
  /// `2026-11-24T08:00:00.`
  private var timestamp: [UInt8] = []
  /// `Tue, 24 Nov 2026 08:00:00 GMT` (RFC 9110 5.6.7).
  private var date: [UInt8] = []

  /// With milliseconds and `Z`.
  mutating func appendTimestamp(to out: inout ByteWriter) {
    let milliseconds = read().tv_nsec / 1_000_000
    out.append(timestamp.span)
    if milliseconds < 100 { out.append(48) }
    if milliseconds < 10 { out.append(48) }
    out.append(decimal: milliseconds)
    out.append(90)
  }

  mutating func httpDate() -> [UInt8] {
    _ = read()
    return date
  }

  private mutating func read() -> timespec {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    if now.tv_sec != second { format(now.tv_sec) }
    return now
  }

  private mutating func format(_ second: Int) {
    self.second = second
    let days = second / 86_400
    let (year, month, day) = Self.civil(days)
    let rest = second % 86_400
    let parts = [year, month, day, rest / 3600, rest / 60 % 60, rest % 60].map(Self.twoDigits)
    timestamp = Array("\(parts[0])-\(parts[1])-\(parts[2])T\(parts[3]):\(parts[4]):\(parts[5]).".utf8)
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days % 7]
    let monthName = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month - 1]
    date = Array("\(weekday), \(parts[2]) \(monthName) \(parts[0]) \(parts[3]):\(parts[4]):\(parts[5]) GMT".utf8)
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  /// Days since 1970 to a date of the Gregorian calendar, counted in years that start in March and eras of 400 years.
  static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}
