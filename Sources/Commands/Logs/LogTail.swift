/// The end of a log file.
struct LogTail: Sendable, Hashable {
  var lines: [String]
  /// Where reading ended, in which file (0: there was none).
  var offset: Int
  var identity: UInt64
  /// Bytes of a last line that has no end yet.
  var partial: [UInt8]

  /// No more than this is read of one file.
  private static let mostBytes = 16 << 20

  /// The last `count` whole lines; of the part before, too, when the log was turned over a moment ago.
  static func lastLines(_ count: Int, of path: String, _ files: FileAccess) throws -> LogTail {
    guard let facts = files.facts(path) else { return LogTail(lines: [], offset: 0, identity: 0, partial: []) }
    var (lines, partial) = split(try end(of: path, facts.size, lines: count, files))
    let older = path + ".1"
    if lines.count < count, let facts = files.facts(older) {
      lines = split(try end(of: older, facts.size, lines: count - lines.count, files)).lines.suffix(count - lines.count) + lines
    }
    return LogTail(lines: lines.suffix(count), offset: facts.size, identity: facts.identity, partial: partial)
  }

  /// What was written from `offset` on, at most the last `count` lines.
  static func lines(_ count: Int, of path: String, from offset: Int, _ files: FileAccess) -> [String] {
    guard let size = files.facts(path)?.size, size > offset else { return [] }
    let start = max(offset, size - 65536)
    let (lines, partial) = split((try? files.read(path, start, size - start)) ?? [])
    return (lines + (partial.isEmpty ? [] : [String(decoding: partial, as: UTF8.self)])).suffix(count)
  }

  /// Reads backwards in growing steps until the lines are there.
  private static func end(of path: String, _ size: Int, lines: Int, _ files: FileAccess) throws -> [UInt8] {
    var span = 16384
    while true {
      let start = max(0, size - span)
      let bytes = try files.read(path, start, size - start)
      if start == 0 || span >= mostBytes || bytes.count(where: { $0 == 0x0A }) > lines { return bytes }
      span *= 4
    }
  }

  static func split(_ bytes: [UInt8]) -> (lines: [String], partial: [UInt8]) {
    var parts = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    let partial = parts.popLast() ?? []
    return (parts.map { String(decoding: $0.last == 0x0D ? $0.dropLast() : $0, as: UTF8.self) }, Array(partial))
  }
}

/// Goes on from a tail. Files are looked at by path, so none is held open: a log that was turned over is noticed by its identity,
/// its rest read from where it was moved to.
struct LogFollower: Sendable {
  let name: String
  let path: String
  private var offset: Int
  private var identity: UInt64
  private var partial: [UInt8]

  init(name: String, path: String, tail: LogTail) {
    self.name = name
    self.path = path
    offset = tail.offset
    identity = tail.identity
    partial = tail.partial
  }

  /// Whole lines that came since the last time.
  mutating func news(_ files: FileAccess) throws -> [String] {
    guard let facts = files.facts(path) else { return [] }
    var lines: [String] = []
    if facts.identity != identity {
      if let older = files.facts(path + ".1"), older.identity == identity { lines = try take(path + ".1", older.size, files) }
      (offset, identity) = (0, facts.identity)
    } else if facts.size < offset {
      offset = 0
    }
    return lines + (try take(path, facts.size, files))
  }

  private mutating func take(_ path: String, _ size: Int, _ files: FileAccess) throws -> [String] {
    guard size > offset else { return [] }
    let bytes = try files.read(path, offset, min(size - offset, 1 << 20))
    offset += bytes.count
    let (lines, rest) = LogTail.split(partial + bytes)
    partial = rest
    return lines
  }
}
