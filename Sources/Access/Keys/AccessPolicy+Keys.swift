internal import Model

extension AccessPolicy {
  /// Reads the keys of programs when their file is another one than before; no file: no keys. Nil: nothing is new. A file that
  /// cannot be read changes nothing.
  package func reloadKeysIfChanged(path: String) -> KeysReport? {
    let fingerprint = FileFingerprint(path: path)
    return keyFile.withLock { known in
      guard !known.isRead || known.fingerprint != fingerprint || known.isYoung else { return nil }
      let isFirst = !known.isRead
      (known.isRead, known.fingerprint, known.isYoung) = (true, fingerprint, fingerprint?.isYoung ?? false)
      let report: KeysReport
      do throws(UserProblem) {
        let file = try KeyFile.load(path: path)
        let isChanged = file != known.file
        if isChanged { store.setKeys(file) }
        known.file = file
        report = KeysReport(keys: file.keys.count, isChanged: isChanged, problems: file.problems.map { "\(path): \($0)" })
      } catch {
        report = KeysReport(keys: known.file.keys.count, isChanged: false, problems: ["\(error)"])
      }
      defer { known.problems = report.problems }
      return report.isChanged || report.problems != known.problems || (isFirst && !report.problems.isEmpty) ? report : nil
    }
  }

  /// A key for `leanto verify` to try the model's gate with: in memory only, for a while.
  package func issueProbeKey(for service: String, seconds: UInt32 = 60) -> String {
    let key = APIKey.make()
    store.addProbeKey(key, for: service, expires: store.wallClock() &+ seconds)
    return key
  }

  /// `user`: as records name it, `key:NAME`. Nil: it may use all models.
  package func models(ofKey user: String) -> Set<String>? {
    keyFile.withLock { known in
      let key = known.file.keys.first { "key:\($0.name)" == user }
      return key.flatMap { $0.models.isEmpty ? nil : Set($0.models) }
    }
  }

  /// `user`: as records name it, `key:NAME`. Anybody else's tokens are not counted.
  package func noteTokens(of user: String, prompt: Int, generated: Int) {
    guard user.hasPrefix("key:") else { return }
    store.noteTokens(of: String(user.dropFirst(4)), prompt: UInt64(clamping: prompt), generated: UInt64(clamping: generated))
  }

  package func restoreKeyUses(path: String) { store.setKeyUses(KeyUses.load(path: path)) }

  /// Writes what keys were used for, if one was. Returns a sentence when that fails.
  package func keepKeyUses(path: String) -> String? {
    guard let uses = store.takeKeyUses() else { return nil }
    do throws(UserProblem) {
      try KeyUses.save(uses, path: path)
      return nil
    } catch {
      return "\(error)"
    }
  }
}

/// What is known of the keys' file.
struct KeyFileState: Sendable {
  var isRead = false
  var fingerprint: FileFingerprint?
  var isYoung = false
  var file = KeyFile()
  var problems: [String] = []
}

/// What became of reading the keys' file.
package struct KeysReport: Sendable, Equatable {
  package var keys: Int
  package var isChanged: Bool
  package var problems: [String]
}
