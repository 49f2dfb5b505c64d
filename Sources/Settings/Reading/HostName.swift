/// Lower case, checked by RFC 1123: labels of letters, digits and inner hyphens, 63 at most, 253 in all.
func hostName(_ text: some StringProtocol) -> String? {
  guard (1...253).contains(text.utf8.count) else { return nil }
  let labels = text.split(separator: ".", omittingEmptySubsequences: false)
  let isValid = labels.allSatisfy { label in
    (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
      && label.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
  }
  return isValid ? text.lowercased() : nil
}

/// Lower-case letters, digits and inner hyphens, at most 40: fits names of containers, networks, units and files.
func isPlainName(_ text: String) -> Bool {
  (1...40).contains(text.utf8.count) && !text.hasPrefix("-") && !text.hasSuffix("-")
    && text.utf8.allSatisfy { isDigit($0) || (isLetter($0) && $0 >= UInt8(ascii: "a")) || $0 == UInt8(ascii: "-") }
}
