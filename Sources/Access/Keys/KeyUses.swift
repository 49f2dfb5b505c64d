package import Model

/// What keys were used for: `SHOWN SECONDS PROMPT-TOKENS GENERATED-TOKENS` a line, in a file of its own, so that the one with the
/// hashes is written by verbs alone. Lines of before end after the seconds.
package enum KeyUses {
  package static func load(path: String) -> [String: KeyUse] {
    guard let bytes = try? PrivateFile.readIfThere(path, limit: KeyFile.largest) else { return [:] }
    let pairs = String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap(read)
    return Dictionary(pairs) { $0.last > $1.last ? $0 : $1 }
  }

  private static func read(_ line: Substring) -> (String, KeyUse)? {
    let parts = line.split(separator: " ")
    guard parts.count == 2 || parts.count == 4, let last = UInt32(parts[1]) else { return nil }
    var use = KeyUse(last: last)
    if parts.count == 4 {
      guard let prompt = UInt64(parts[2]), let generated = UInt64(parts[3]) else { return nil }
      (use.promptTokens, use.generatedTokens) = (prompt, generated)
    }
    return (String(parts[0]), use)
  }

  static func save(_ uses: [String: KeyUse], path: String) throws(UserProblem) {
    let lines = uses.map { "\($0.key) \($0.value.last) \($0.value.promptTokens) \($0.value.generatedTokens)\n" }
    try PrivateFile.save(lines.flatMap { Array($0.utf8) }, path: path)
  }
}
