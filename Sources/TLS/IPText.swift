import Glibc

/// Addresses in a certificate: 4 or 16 bytes.
enum IPText {
  static func text(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    var buffer = [CChar](repeating: 0, count: 64)
    guard unsafe inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &buffer, 64) != nil else { return nil }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The usual spelling; nil: `text` is no address.
  static func normal(_ text: String) -> String? {
    var space = [UInt8](repeating: 0, count: 16)
    if unsafe inet_pton(AF_INET, text, &space) == 1 { return self.text(Array(space.prefix(4))) }
    return unsafe inet_pton(AF_INET6, text, &space) == 1 ? self.text(space) : nil
  }
}
