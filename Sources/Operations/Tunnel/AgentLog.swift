internal import FoundationEssentials
internal import Glibc
package import Model

/// What a line of the agent's log (JSON, a line a record) tells.
package enum AgentEvent: Sendable, Hashable {
  /// Its API listens there.
  case apiStarted(Address)
  case sessionUp
  case sessionLost
  case endpointUp(url: String)
  case failed(code: Int)

  private struct Record: Decodable {
    var msg: String?
    var err: String?
    var addr: String?
    var url: String?
    var lvl: String?
  }

  /// Nil: nothing that matters here. Broken lines, and lines of other formats, still tell their error's number.
  package init?(line: some StringProtocol) {
    if let record = try? JSONDecoder().decode(Record.self, from: Data(line.utf8)), let event = Self.event(record) {
      self = event
      return
    }
    guard let code = NgrokErrors.code(in: line) else { return nil }
    self = .failed(code: code)
  }

  private static func event(_ record: Record) -> AgentEvent? {
    if let code = NgrokErrors.code(in: record.err ?? "") { return .failed(code: code) }
    switch record.msg ?? "" {
    case "starting web service": return record.addr.flatMap { Address($0) }.flatMap(loopback)
    case "tunnel session started", "client session established": return .sessionUp
    case "session closed, starting reconnect loop", "heartbeat timeout, terminating session", "failed to reconnect session":
      return .sessionLost
    case "started tunnel", "started endpoint": return record.url.map { .endpointUp(url: $0) }
    default: return nil
    }
  }

  /// The agent's API is asked at loopback only, whatever a log says.
  private static func loopback(_ address: Address) -> AgentEvent? {
    guard case .tcp(let host, let port) = address, ["127.0.0.1", "localhost", "::1"].contains(host), port > 0 else { return nil }
    return .apiStarted(address)
  }
}

/// Follows a log that is rotated: each call gives the lines that are new.
package struct AgentLogReader: Sendable {
  /// At the start, what of the past is looked at.
  static let past = 256 * 1024
  static let longestLine = 64 * 1024

  private let path: String
  private var offset = -1
  /// False: what is read next may be from long ago.
  package var hasBegun: Bool { offset >= 0 }
  private var inode: UInt = 0
  private var rest: [UInt8] = []

  package init(path: String) { self.path = path }

  package mutating func newLines() -> [String] {
    var information = stat()
    guard unsafe stat(path, &information) == 0, let file = Descriptor(opening: path, O_RDONLY) else { return [] }
    let size = Int(information.st_size)
    if offset < 0 {
      offset = max(0, size - Self.past)
    } else if inode != information.st_ino || size < offset {
      (offset, rest) = (0, [])
    }
    inode = information.st_ino
    lseek(file.number, off_t(offset), SEEK_SET)
    var lines: [String] = []
    while let piece = file.read(upTo: 65536), !piece.isEmpty {
      offset += piece.count
      take(piece, into: &lines)
    }
    return lines
  }

  private mutating func take(_ piece: [UInt8], into lines: inout [String]) {
    rest += piece
    var parts = rest.split(separator: 0x0A, omittingEmptySubsequences: false)
    rest = Array(parts.removeLast())
    if rest.count > Self.longestLine { rest = [] }
    lines += parts.map { String(decoding: $0, as: UTF8.self) }
  }
}
