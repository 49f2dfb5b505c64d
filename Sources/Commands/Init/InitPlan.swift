import Model

/// What `init` is going to write: all choices made.
struct InitPlan: Sendable, Hashable {
  /// A native process that speaks OpenAI's API, started as a service.
  struct ModelServer: Sendable, Hashable {
    var path: String
    var port: UInt16
  }

  enum Preset: String, Sendable, CaseIterable { case n8n, flowise }

  var name = "home"
  var administrator = "admin"
  var isDemo = false
  var local = Address.tcp(host: "127.0.0.1", port: 8080)
  var tunnel = Address.tcp(host: "127.0.0.1", port: 8081)
  var presets = Preset.allCases
  var modelServer: ModelServer?
  /// What was chosen for the person, and why.
  var notes: [String] = []

  /// Names containers, networks and units, so it is as narrow as theirs. Nil when it is right.
  static func problem(withName name: String) -> String? {
    let isNarrow = name.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || byte == UInt8(ascii: "-")
    }
    let isRight = isNarrow && !name.isEmpty && name.utf8.count <= 32 && !name.hasPrefix("-") && !name.hasSuffix("-")
    return isRight ? nil : "the name is 1 to 32 lower-case letters, digits and hyphens, such as home"
  }

  /// `n8n,flowise` or `none`. Nil: not understood.
  static func presets(_ text: String) -> [Preset]? {
    if text == "none" { return [] }
    let names = text.split(separator: ",").map { String($0.filter { $0 != " " }) }
    let presets = names.compactMap(Preset.init(rawValue:))
    return presets.count == names.count && !presets.isEmpty && Set(presets).count == presets.count ? presets : nil
  }

  /// The address that was meant, or with the next port that is free and not in `taken`.
  static func free(_ address: Address, besides taken: [Address], isFree: (Address) -> Bool) -> Address? {
    guard case .tcp(let host, let port) = address else { return address }
    let candidates = (port...(min(port, .max - 100) + 100)).lazy.map { Address.tcp(host: host, port: $0) }
    return candidates.first { !taken.contains($0) && isFree($0) }
  }
}
