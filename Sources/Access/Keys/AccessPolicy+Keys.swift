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

  package func restoreKeyUses(path: String) { store.setKeyUses(KeyUses.load(path: path)) }

  /// Writes when keys were last used, if one was. Returns a sentence when that fails.
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
