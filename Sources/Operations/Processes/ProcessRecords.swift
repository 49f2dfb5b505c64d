internal import FoundationEssentials
internal import Glibc

/// What the daemon writes down about the processes that it runs, so that the next one finds them.
struct ProcessRecord: Sendable, Codable, Hashable {
  var name: String
  /// Zero: it was about to be started.
  var processIdentifier: Int32
  var startTime: UInt64
  /// The name of this start: see `ProcessPlan.runVariable`.
  var run: String
  var planHash: String
  var stopSeconds: Int
}

struct ProcessRecords: Sendable, Codable, Hashable {
  var bootIdentifier: String
  var processes: [ProcessRecord]

  /// Empty where there is no such file, it is damaged (it is never written in place, so it was not by us), or the machine was
  /// started anew since: none of those processes can be running then.
  static func load(from path: String) -> [ProcessRecord] {
    guard let bytes = SmallFile.read(path), let records = try? JSONDecoder().decode(Self.self, from: Data(bytes)),
      records.bootIdentifier == ProcessTable.bootIdentifier
    else { return [] }
    return records.processes
  }

  /// Under a temporary name, synced, renamed. Returns what went wrong.
  static func save(_ processes: [ProcessRecord], to path: String) -> String? {
    let records = Self(bootIdentifier: ProcessTable.bootIdentifier, processes: processes)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    guard let bytes = try? encoder.encode(records) else { return "it cannot be written as JSON" }
    let temporary = path + ".new"
    guard let file = Descriptor(opening: temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW),
      file.write(Array(bytes)), fsync(file.number) == 0, unsafe rename(temporary, path) == 0
    else {
      let reason = unsafe String(cString: strerror(errno))
      unsafe unlink(temporary)
      return reason
    }
    return nil
  }
}
