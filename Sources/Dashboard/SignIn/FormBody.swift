/// The body of an HTML form (`application/x-www-form-urlencoded`), read in one way only.
struct FormBody {
  private var values: [String: String] = [:]

  /// Bytes.
  static let largest = 8192

  /// Nil: too large, a field twice, a broken escape, or not UTF-8.
  init?(_ body: [UInt8]) {
    guard body.count <= Self.largest else { return nil }
    for pair in body.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decoded(parts[0]), let value = Self.decoded(parts.count > 1 ? parts[1] : []) else { return nil }
      guard values.updateValue(value, forKey: name) == nil else { return nil }
    }
  }

  subscript(_ name: String) -> String? { values[name] }

  static func decoded(_ text: ArraySlice<UInt8>) -> String? {
    var bytes: [UInt8] = []
    var at = text.startIndex
    while at < text.endIndex {
      switch text[at] {
      case UInt8(ascii: "+"): bytes.append(0x20)
      case UInt8(ascii: "%"):
        guard at + 2 < text.endIndex, let byte = UInt8(String(decoding: text[at + 1...at + 2], as: UTF8.self), radix: 16),
          text[at + 1] != UInt8(ascii: "+")
        else { return nil }
        bytes.append(byte)
        at += 2
      case let byte: bytes.append(byte)
      }
      at += 1
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

/// Where somebody goes after he signed in: a path on this host, whatever was asked for.
struct ReturnPath {
  let path: String

  static let front = ReturnPath(path: "/leanto/")

  private init(path: String) { self.path = path }

  /// `text`: from the address or the form, decoded. What is no plain path of this host leads to the front page: another host in every
  /// spelling that a browser takes for one (`//host`, `/\\host`, a scheme), anything but visible ASCII, and the pages that sign in
  /// and out.
  init(_ text: String?) {
    guard let text, let first = text.utf8.first, first == UInt8(ascii: "/"), text.utf8.count <= 2048,
      !text.hasPrefix("//"), !text.utf8.contains(UInt8(ascii: "\\")), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      !text.hasPrefix("/leanto/login"), !text.hasPrefix("/leanto/logout")
    else {
      self = .front
      return
    }
    path = text
  }

  /// From the query of the sign-in page: `to=...`.
  init(query: String) { self.init(FormBody(Array(query.utf8))?["to"]) }
}
