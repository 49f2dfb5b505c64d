internal import Model

extension ProcessPlan {
  /// The same for the same command, environment and directory, in every process and version: FNV-1a of 64 bits in hexadecimal.
  /// Recorded so that a later daemon knows whether a running process is still the wanted one. Not for secrets: the record is 0600.
  var hash: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ text: String) {
      // 0xff never occurs in UTF-8, so no two lists of texts run together into the same bytes.
      for byte in Array(text.utf8) + [0xff] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    for part in command { add(part) }
    add("")
    for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
      add(name)
      add(value)
    }
    add(directory)
    return String(hash, radix: 16)
  }
}

extension NativeService {
  /// Why a running process must be started again for `self`, in words for people. Empty: it may go on. Values are not told.
  func reasonsToRestart(from old: NativeService) -> [String] {
    guard case .process(let plan) = kind, case .process(let oldPlan) = old.kind else {
      return kind == old.kind && address == old.address ? [] : ["where it runs"]
    }
    var reasons: [String] = []
    if plan.command != oldPlan.command { reasons.append("command") }
    if plan.environment != oldPlan.environment { reasons.append("environment") }
    if plan.directory != oldPlan.directory { reasons.append("directory") }
    return reasons
  }
}
