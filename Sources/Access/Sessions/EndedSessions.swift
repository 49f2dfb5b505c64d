/// Sessions that people ended, as a small file: a line each, `HIGH LOW BEGUN`. Kept for as long as a session could last.
enum EndedSessions {
  static let most = 4096
  private static let limit = 1 << 20

  /// The oldest go first.
  static func trim(_ ended: inout Set<EndedSession>, at now: UInt32) {
    ended = ended.filter { now < $0.begun &+ SessionRules.longest }
    guard ended.count > most else { return }
    ended = Set(ended.sorted { $0.begun > $1.begun }.prefix(most))
  }

  static func load(path: String) throws(UserProblem) -> Set<EndedSession> {
    guard let bytes = try PrivateFile.readIfThere(path, limit: limit) else { return [] }
    return Set(
      String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
        let parts = line.split(separator: " ")
        guard parts.count == 3, let high = UInt64(parts[0]), let low = UInt64(parts[1]), let begun = UInt32(parts[2]) else {
          return nil
        }
        return EndedSession(binding: SessionBinding(high: high, low: low), begun: begun)
      })
  }

  static func save(_ ended: Set<EndedSession>, path: String) throws(UserProblem) {
    try PrivateFile.save(
      ended.flatMap { Array("\($0.binding.high) \($0.binding.low) \($0.begun)\n".utf8) }, path: path)
  }
}
