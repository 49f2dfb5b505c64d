import Glibc
import Synchronization

/// A folder of its own under the system's temporary one, gone after `remove`.
final class TemporaryFolder: Sendable {
  let path: String
  private let count = Atomic<Int>(0)

  init() throws {
    var template = Array("/tmp/leanto-end-to-end-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw TestFailure("no temporary folder could be made") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// A path in it that no one has.
  func path(unique name: String) -> String { "\(path)/\(count.add(1, ordering: .relaxed).newValue)-\(name)" }

  func remove() { _ = unsafe system("rm -rf '\(path)'") }

  static func write(_ text: String, to path: String, mode: mode_t = 0o600) throws {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard file >= 0 else { throw TestFailure("\(path) cannot be written: \(errno)") }
    defer { close(file) }
    var text = text
    let written = text.withUTF8 { bytes in unsafe Glibc.write(file, bytes.baseAddress, bytes.count) }
    guard written == text.utf8.count else { throw TestFailure("\(path) could not be written to its end") }
  }

  /// Empty when it is not there.
  static func text(of path: String) -> String {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = unsafe read(file, &part, part.count)
      guard count > 0 else { break }
      bytes += part[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
}
