/// A day of the calendar in UTC: quotas of providers end with its months.
package struct CivilDate: Sendable, Hashable {
  package var year: Int
  /// From 1.
  package var month: Int
  package var day: Int

  /// `time`: seconds since 1970. Exact for every day after 1970 (eras of 400 years, years from March on).
  package init(time: Double) {
    let shifted = Int((time / 86_400).rounded(.down)) + 719_468
    let (era, dayOfEra) = shifted.quotientAndRemainder(dividingBy: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  package var daysInMonth: Int {
    if month == 2 { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28 }
    return [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// `2026-11`.
  package var monthName: String { "\(year)-\(month < 10 ? "0" : "")\(month)" }
}
