package import Model

/// The keys of programs (`secrets/keys`): a line each, of which no key can be told:
///
///     NAME SHOWN HASH FOR VERBS|* EXPIRES|- MADE RATE|- MODELS|*        (times: seconds since 1970)
///
/// Lines of before, without the last two, count as well.
package struct KeyFile: Sendable, Equatable {
  package struct Key: Sendable, Equatable {
    package var name: String
    /// The key's first characters.
    package var shown: String
    /// 64 hexadecimal digits.
    var hash: String
    /// A service's name.
    package var service: String
    /// Methods in upper case; empty: all.
    package var verbs: [String]
    package var expires: UInt32?
    package var made: UInt32
    package var rate: KeyRate?
    /// Names of models; empty: all.
    package var models: [String] = []

    fileprivate var line: String {
      let verbs = verbs.isEmpty ? "*" : verbs.joined(separator: ",")
      let models = models.isEmpty ? "*" : models.joined(separator: ",")
      return "\(name) \(shown) \(hash) \(service) \(verbs) \(expires.map { "\($0)" } ?? "-") \(made) "
        + "\(rate.map(\.description) ?? "-") \(models)\n"
    }
  }

  static let largest = 8 << 20
  package static let knownVerbs = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
  package private(set) var keys: [Key] = []
  /// Lines that do not count, each with its number and the reason.
  package private(set) var problems: [String] = []

  package init() {}

  package init(_ bytes: [UInt8]) {
    var names: Set<String> = []
    for (index, line) in String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      guard !line.isEmpty, !line.hasPrefix("#") else { continue }
      guard let key = Self.read(line), names.insert(key.name).inserted else {
        problems.append(
          "line \(index + 1): this is no key, or another has its name; make it anew: leanto key add NAME --for SERVICE")
        continue
      }
      keys.append(key)
    }
  }

  package var bytes: [UInt8] { keys.flatMap { Array($0.line.utf8) } }

  /// Returns the key, which is shown once and kept nowhere. Nil: the name is taken.
  package mutating func add(_ name: String, _ scope: KeyScope, now: UInt32) -> String? {
    guard !keys.contains(where: { $0.name == name }) else { return nil }
    let text = APIKey.make()
    let bytes = Array(text.utf8)
    keys.append(
      Key(
        name: name, shown: String(text.prefix(APIKey.shown)), hash: hexadecimal(APIKey.hash(bytes.span).bytes),
        service: scope.service, verbs: scope.verbs, expires: scope.expires.map { UInt32(clamping: Int($0)) }, made: now,
        rate: scope.rate, models: scope.models))
    return text
  }

  /// False: there is no such key.
  package mutating func revoke(_ name: String) -> Bool {
    let count = keys.count
    keys.removeAll { $0.name == name }
    return keys.count < count
  }

  package static func load(path: String) throws(UserProblem) -> KeyFile {
    try PrivateFile.readIfThere(path, limit: largest).map { KeyFile($0) } ?? KeyFile()
  }

  package func save(path: String) throws(UserProblem) { try PrivateFile.save(bytes, path: path) }

  package static func isName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "._-".utf8.contains(byte)
      }
  }

  private static func read(_ line: Substring) -> Key? {
    let parts = line.split(separator: " ").map(String.init)
    guard parts.count == 7 || parts.count == 9, isName(parts[0]), hexadecimalBytes(parts[2][...])?.count == 32,
      let made = UInt32(parts[6])
    else {
      return nil
    }
    let verbs = parts[4] == "*" ? [] : parts[4].split(separator: ",").map(String.init)
    let expires = UInt32(parts[5])
    guard verbs.allSatisfy(knownVerbs.contains), expires != nil || parts[5] == "-" else { return nil }
    var key = Key(
      name: parts[0], shown: parts[1], hash: parts[2], service: parts[3], verbs: verbs, expires: expires, made: made)
    guard parts.count == 9 else { return key }
    key.rate = KeyRate(parts[7])
    key.models = parts[8] == "*" ? [] : parts[8].split(separator: ",").map(String.init)
    guard key.rate != nil || parts[7] == "-", !key.models.isEmpty || parts[8] == "*" else { return nil }
    return key
  }
}
