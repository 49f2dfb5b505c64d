internal import Glibc

/// One line of /proc: a process as the kernel tells it.
struct ProcessEntry: Sendable, Hashable {
  var identifier: Int32
  /// The short name of its program, at most 15 bytes.
  var command: String
  var isZombie: Bool
  var parent: Int32
  var group: Int32
  /// Ticks since the machine started. With the identifier it names one process and no other, as long as the machine runs.
  var startTime: UInt64

  /// `line`: the content of /proc/PID/stat (proc_pid_stat(5)). Nil where it is not that.
  init?(line: String) {
    // The command stands in parentheses and may hold anything, parentheses and spaces included: the last one closes it.
    guard let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")"), open < close else { return nil }
    let fields = line[line.index(after: close)...].split(separator: " ")
    guard let identifier = Int32(line[..<open].filter { $0 != " " }), fields.count > 19,
      let parent = Int32(fields[1]), let group = Int32(fields[2]), let startTime = UInt64(fields[19])
    else { return nil }
    self.identifier = identifier
    self.command = String(line[line.index(after: open)..<close])
    self.isZombie = fields[0] == "Z" || fields[0] == "X"
    self.parent = parent
    self.group = group
    self.startTime = startTime
  }
}

/// What runs on this machine, as far as /proc shows it to us.
enum ProcessTable {
  /// Nil: there is no such process.
  static func entry(_ identifier: Int32) -> ProcessEntry? {
    SmallFile.text("/proc/\(identifier)/stat").flatMap { ProcessEntry(line: $0) }
  }

  static func all() -> [ProcessEntry] {
    SmallFile.names(in: "/proc").compactMap { Int32($0) }.compactMap { entry($0) }
  }

  /// The value of `name` in the environment that the process was started with. Nil also where that is not shown to us.
  static func environmentValue(_ name: String, of identifier: Int32) -> String? {
    guard let bytes = SmallFile.read("/proc/\(identifier)/environ") else { return nil }
    let start = Array("\(name)=".utf8)
    let field = bytes.split(separator: 0).first { $0.starts(with: start) }
    return field.map { String(decoding: $0.dropFirst(start.count), as: UTF8.self) }
  }

  /// New with each start of the machine: process identifiers and start times mean something within one only.
  static let bootIdentifier: String =
    SmallFile.text("/proc/sys/kernel/random/boot_id").map { String($0.prefix { $0 != "\n" }) } ?? ""
}
