import Access
import Glibc
import Model
import Stack

/// The files in `secrets/`: read for the plan, made once where they are missing, 0600, never in a message.
struct SecretStore {
  let directory: StackDirectory

  /// Makes what is missing, in the order asked for, and reads everything.
  func values(_ requirements: [SecretRequirement]) throws -> StackSecrets {
    var values: [String: String] = [:]
    for requirement in requirements {
      let path = directory.secrets + "/" + requirement.name
      if let known = SmallFile.read(path), !known.allSatisfy(\.isNewline) {
        values[requirement.name] = known
        continue
      }
      // A secret that cannot be read now may still be what a service's data is locked with.
      guard !SmallFile.isUnreadable(path) else {
        throw DaemonFailure(
          "cannot read \(path): \(unsafe String(cString: strerror(errno))); it is kept as it is, look at it with: ls -lL \(path)")
      }
      let value = make(requirement.kind, values)
      guard SmallFile.write(value + "\n", to: path, mode: 0o600) else {
        throw DaemonFailure("cannot write \(path): \(unsafe String(cString: strerror(errno)))")
      }
      values[requirement.name] = value
    }
    return StackSecrets(values: values.mapValues { String($0.trimmingSuffix { $0.isNewline }) })
  }

  /// As they are; one that is not made yet has its name for a value.
  func preview(_ requirements: [SecretRequirement]) -> StackSecrets {
    StackSecrets(
      values: Dictionary(
        requirements.map { ($0.name, SmallFile.read(directory.secrets + "/" + $0.name) ?? "(\($0.name))") },
        uniquingKeysWith: { $1 }))
  }

  private func make(_ kind: SecretRequirement.Kind, _ values: [String: String]) -> String {
    switch kind {
    case .key: Self.hexadecimal(32)
    case .password: Self.password()
    case .bcrypt(let name):
      Bcrypt.hash(SecretBytes((values[name] ?? "").filter { !$0.isNewline })).string
    }
  }

  private static func hexadecimal(_ count: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<count * 2).map { _ in String(UInt8.random(in: 0..<16, using: &generator), radix: 16) }.joined()
  }

  /// 24 characters of all four kinds, which n8n and Flowise both take.
  private static func password() -> String {
    var generator = SystemRandomNumberGenerator()
    let kinds = ["abcdefghijkmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "-_.!"].map(Array.init)
    let all = kinds.joined().map { $0 }
    let required = kinds.map { $0.randomElement(using: &generator) ?? "x" }
    let rest = (0..<20).map { _ in all.randomElement(using: &generator) ?? "x" }
    return String((required + rest).shuffled(using: &generator))
  }
}

private extension Substring {
  func trimmingSuffix(while isLast: (Character) -> Bool) -> Substring {
    var rest = self
    while let last = rest.last, isLast(last) { rest.removeLast() }
    return rest
  }
}

private extension String {
  func trimmingSuffix(while isLast: (Character) -> Bool) -> Substring { self[...].trimmingSuffix(while: isLast) }
}
