import Model

/// Remembers for which settings and which leanto the proofs of `up` were all good, so that an unchanged stack is proven only once,
/// and one whose proofs failed or were interrupted is proven again.
struct ProvenMark {
  private let path: String
  private let files: FileAccess
  private let current: String

  init(_ stack: StackDirectory, _ environment: CommandEnvironment) throws {
    path = stack.run + "/proven"
    files = environment.files
    let size = files.facts(stack.settings)?.size ?? 0
    current = Self.fingerprint(try files.read(stack.settings, 0, size)) + " \(environment.build.version)\n"
  }

  var isCurrent: Bool { (try? files.read(path, 0, 256)).map { $0 == Array(current.utf8) } ?? false }

  func forget() throws { try files.remove(path) }

  func keep() throws {
    try files.remove(path)
    try files.create(path, Array(current.utf8), 0o600)
  }

  /// FNV-1a, 64 bits: tells one text from another; nobody gains by making two alike.
  private static func fingerprint(_ bytes: [UInt8]) -> String {
    String(bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 16)
  }
}
