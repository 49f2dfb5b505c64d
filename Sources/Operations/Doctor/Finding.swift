/// What one check of `leanto doctor` found.
package struct Finding: Sendable, Hashable, Codable {
  package enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
    case ok, warning, problem
    /// Does not concern this machine or this stack, or could not be found out; the sentence says which.
    case skipped
  }

  /// The check's name, such as `disk`.
  package var check: String
  package var verdict: Verdict
  /// What was seen and what it means: a sentence.
  package var sentence: String
  /// What mends it, the best first; empty where all is well.
  package var commands: [String]
  /// A change that harms nothing; `--fix` makes it after asking.
  package var fix: Fix?

  package init(_ check: String, _ verdict: Verdict, _ sentence: String, commands: [String] = [], fix: Fix? = nil) {
    self.check = check
    self.verdict = verdict
    self.sentence = sentence
    self.commands = commands
    self.fix = fix
  }

  /// What can be put right without asking another program, and without losing anything.
  package enum Fix: Sendable, Hashable, Codable {
    case mode(path: String, mode: UInt32)
    case folder(path: String, mode: UInt32)

    /// As a question's middle: `Shall I ... ?`
    package var words: String {
      switch self {
      case .mode(let path, let mode): "set the mode of \(path) to \(String(mode, radix: 8))"
      case .folder(let path, _): "make the folder \(path)"
      }
    }
  }
}

/// One check. It looks at one thing, changes nothing, and is given five seconds.
package struct DoctorCheck: Sendable {
  package var name: String
  package var run: @Sendable () async -> [Finding]

  package init(_ name: String, run: @escaping @Sendable () async -> [Finding]) {
    self.name = name
    self.run = run
  }
}

package enum Doctor {
  package static let limit = Duration.seconds(5)

  /// All checks beside each other; what they found in the order of the checks.
  package static func examine(_ checks: [DoctorCheck], limit: Duration = limit) async -> [Finding] {
    await withTaskGroup(of: (Int, [Finding]).self) { group in
      for (index, check) in checks.enumerated() { group.addTask { (index, await bounded(check, limit)) } }
      var all: [(Int, [Finding])] = []
      for await found in group { all.append(found) }
      return all.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }
  }

  private static func bounded(_ check: DoctorCheck, _ limit: Duration) async -> [Finding] {
    await withTaskGroup(of: [Finding]?.self) { group in
      group.addTask { await check.run() }
      group.addTask {
        try? await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = await group.next(), let found = first else {
        return [
          Finding(
            check.name, .warning,
            "This could not be found out within \(limit.components.seconds) s: the machine is very busy, or something hangs.")
        ]
      }
      return found
    }
  }
}
