/// Why a user or a users' file is not as it should be, with what mends it. Never holds a password or a hash.
package enum UserProblem: Error, Hashable {
  case nameLength(Int)
  case nameCharacter
  case passwordTooShort
  case passwordTooLong(Int)
  case passwordCharacter
  case exists(String)
  case unknown(String)
  case missing(path: String)
  case writableByOthers(path: String)
  case notAFile(path: String)
  case tooLarge(path: String, limit: Int)
  /// A system call failed: what was tried, and the system's reason.
  case system(doing: String, path: String, reason: String)
}

extension UserProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .nameLength(let count): "a user's name has 1 to \(UserRules.longestName) bytes, this one \(count)"
    case .nameCharacter:
      "a user's name holds no colon and no control character, starts with no #, and has no space at its ends"
    case .passwordTooShort: "a password has at least \(UserRules.shortestPassword) bytes"
    case .passwordTooLong(let count):
      "a password has at most \(UserRules.longestPassword) bytes, this one \(count): bcrypt would not look at the rest"
    case .passwordCharacter: "a password is UTF-8 text without control characters: no browser could send this one"
    case .exists(let name): "there is a user \(name) already; for another password: leanto user password \(quoted(name))"
    case .unknown(let name): "there is no user \(name); all that there are: leanto user list"
    case .missing(let path): "there is no file \(path), so nobody may enter; make a user: leanto user add NAME"
    case .writableByOthers(let path): "others may write \(path), so anybody could let himself in: it is not read. \(remedy(path))"
    case .notAFile(let path): "\(path) is not a file"
    case .tooLarge(let path, let limit): "\(path) has more than \(limit / 1024) KiB: that is no file of Leanto's"
    case .system(let doing, let path, let reason): "cannot \(doing) \(path): \(reason)"
    }
  }
}

/// Something in a users' file that keeps one line from counting, or the file from being safe.
package struct UserFileProblem: Sendable, Hashable, CustomStringConvertible {
  /// From 1. Nil: the whole file.
  package var line: Int?
  package var message: String

  package var description: String { line.map { "line \($0): \(message)" } ?? message }

  static func readableByOthers(path: String, mode: UInt32) -> UserFileProblem {
    let octal = String(mode & 0o777, radix: 8)
    return UserFileProblem(
      line: nil, message: "others may read \(path) (mode \(octal)) and guess at the passwords. \(remedy(path))")
  }
}

func quoted(_ argument: String) -> String {
  let isPlain = argument.utf8.allSatisfy {
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./@".utf8.contains($0)
  }
  return isPlain && !argument.isEmpty
    ? argument : "'" + argument.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}

private func remedy(_ path: String) -> String { "Mend it with: chmod 600 \(quoted(path))" }
