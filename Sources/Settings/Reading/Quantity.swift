/// A number and its unit, as people write them.
enum Quantity {
  private static let seconds: [(unit: String, each: Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)]
  private static let bytes: [(unit: String, each: Int)] = [
    ("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
  ]

  /// `10s`, `500ms` in seconds.
  static func duration(_ text: String) -> Double? {
    guard let (number, unit) = parts(text), let each = seconds.first(where: { $0.unit == unit })?.each else { return nil }
    return Double(number) * each
  }

  /// `64KiB` in bytes.
  static func size(_ text: String) -> Int? {
    guard let (number, unit) = parts(text), let each = bytes.first(where: { $0.unit == unit })?.each else { return nil }
    let (product, overflows) = number.multipliedReportingOverflow(by: each)
    return overflows ? nil : product
  }

  /// Only digits, at most nine.
  static func count(_ text: some StringProtocol) -> Int? {
    (1...9).contains(text.utf8.count) && text.utf8.allSatisfy(isDigit) ? Int(text) : nil
  }

  static func describe(seconds value: Double) -> String {
    let fitting = seconds.last { value >= $0.each && value.remainder(dividingBy: $0.each) == 0 } ?? ("s", 1)
    return "\(Int((value / fitting.each).rounded()))\(fitting.unit)"
  }

  static func describe(bytes value: Int) -> String {
    let fitting = bytes.last { value >= $0.each && value % $0.each == 0 } ?? ("B", 1)
    return "\(value / fitting.each)\(fitting.unit)"
  }

  private static func parts(_ text: String) -> (number: Int, unit: Substring)? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = count(digits) else { return nil }
    return (number, text[digits.endIndex...])
  }
}
