import Access
import Glibc
import Model

/// The keys' file.
enum LiveKeys {
  static var access: KeyAccess {
    KeyAccess(
      list: list,
      add: { stack, name, scope in try change(stack) { $0.add(name, scope, now: now()) } },
      revoke: { stack, name in try change(stack) { $0.revoke(name) } })
  }

  private static func list(_ stack: StackDirectory) throws -> [KeyFacts] {
    let uses = KeyUses.load(path: stack.keyUses)
    return try load(stack).keys.map { key in
      let use = uses[key.shown] ?? KeyUse()
      return KeyFacts(
        name: key.name, begins: key.shown, service: key.service, verbs: key.verbs, expires: key.expires.map(Double.init),
        made: Double(key.made), lastUsed: use.last > 0 ? Double(use.last) : nil, rate: key.rate?.description,
        models: key.models, promptTokens: use.promptTokens, generatedTokens: use.generatedTokens)
    }
  }

  private static func change<Result>(_ stack: StackDirectory, _ body: (inout KeyFile) -> Result) throws -> Result {
    var file = try load(stack)
    // Nothing of a line that cannot be read would be kept.
    if let problem = file.problems.first {
      throw CommandFailure(.failed, "\(stack.keys) has a problem, so nothing was changed", details: [problem])
    }
    let before = file
    let result = body(&file)
    guard file != before else { return result }
    do throws(UserProblem) {
      try file.save(path: stack.keys)
    } catch {
      throw CommandFailure(.failed, error.description)
    }
    return result
  }

  private static func load(_ stack: StackDirectory) throws -> KeyFile {
    do throws(UserProblem) {
      return try KeyFile.load(path: stack.keys)
    } catch {
      throw CommandFailure(.failed, error.description)
    }
  }

  private static func now() -> UInt32 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return UInt32(clamping: time.tv_sec)
  }
}
