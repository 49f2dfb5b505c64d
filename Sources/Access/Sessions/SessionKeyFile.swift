internal import Glibc

/// The keys that sign sessions: a line each, the newest first, `seconds-since-1970 64-hex-digits`. A new one is made each month; the
/// one before it goes on being accepted, so that nobody is signed out by it.
enum SessionKeyFile {
  static let rotation: UInt32 = 30 * 86_400
  private static let limit = 4096

  /// The keys at `path`, made where there are none and renewed where the newest is old. `problem`: they could not be read, or not be
  /// written; then they last as long as the process.
  static func load(path: String, now: UInt32) -> (keys: [SigningKey], problem: String?) {
    var known: [SigningKey] = []
    var problem: String?
    do throws(UserProblem) {
      let bytes = try PrivateFile.readIfThere(path, limit: limit)
      known = bytes.map(read) ?? []
      if bytes != nil, known.isEmpty { problem = "\(path) holds no signing key, so everybody has to sign in again" }
    } catch {
      return ([SigningKey.make(at: now)], "\(error); sessions end with this process")
    }
    if let newest = known.first, now < newest.made || now - newest.made < rotation { return (Array(known.prefix(2)), problem) }
    let keys = [SigningKey.make(at: now)] + known.prefix(1)
    do throws(UserProblem) {
      try PrivateFile.save(bytes(of: keys), path: path)
    } catch {
      return (keys, "\(error); sessions end with this process")
    }
    return (keys, problem)
  }

  static func bytes(of keys: [SigningKey]) -> [UInt8] {
    keys.flatMap { Array("\($0.made) \(hexadecimal($0.bytes))\n".utf8) }
  }

  static func read(_ bytes: [UInt8]) -> [SigningKey] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
      let parts = line.split(separator: " ")
      guard parts.count == 2, let made = UInt32(parts[0]), let key = hexadecimalBytes(parts[1]), key.count == 32 else {
        return nil
      }
      return SigningKey(bytes: key, made: made)
    }
  }
}

func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// Nil: something else than pairs of digits.
func hexadecimalBytes(_ text: Substring) -> [UInt8]? {
  let digits = text.utf8.map { UInt8(String(UnicodeScalar($0)), radix: 16) }
  guard digits.count % 2 == 0, !digits.contains(nil) else { return nil }
  return stride(from: 0, to: digits.count, by: 2).map { (digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0) }
}

/// Seconds since 1970.
func wallSeconds() -> UInt32 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_REALTIME, &time)
  return UInt32(clamping: time.tv_sec)
}
