/// Where a link may lead: below this origin, or to another name of this gateway. Nothing else can be written into an `href`.
struct Destination {
  let href: String

  /// `at`: a path that begins with one `/`, or a host name (`ServiceStatus.at`). `authority`: the Host field of the request, whose
  /// port the other name has too. Nil where neither form fits.
  init?(at: String, authority: String?) {
    if at.hasPrefix("/") {
      guard !at.hasPrefix("//"), !at.hasPrefix("/\\"), at.utf8.allSatisfy({ $0 > 0x20 }) else { return nil }
      href = at
      return
    }
    guard !at.isEmpty, at.utf8.allSatisfy(Self.isHostByte) else { return nil }
    href = "//\(at)\(Self.port(authority))/"
  }

  private static func port(_ authority: String?) -> Substring {
    guard let authority, let colon = authority.lastIndex(of: ":") else { return "" }
    let digits = authority[authority.index(after: colon)...]
    let isPort = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    return isPort ? authority[colon...] : ""
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}
