extension String {
  /// Fit for a message: on one line, without control characters, at most 40 characters.
  var shown: String {
    let line = String(String.UnicodeScalarView(unicodeScalars.prefix(41).map { $0.properties.isPrintable ? $0 : "?" }))
    return line.unicodeScalars.count > 40 ? String(line.unicodeScalars.prefix(40)) + "..." : line
  }
}

extension Unicode.Scalar.Properties {
  fileprivate var isPrintable: Bool {
    switch generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
