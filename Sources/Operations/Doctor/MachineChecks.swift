internal import Glibc
internal import Model

/// Disk, memory, limits, updates: what was seen, and what follows from it.
package enum MachineChecks {
  package struct Disk: Sendable, Hashable {
    package var path: String
    /// Bytes for ordinary users, and in all.
    package var free: Int
    package var size: Int
    /// Zero in all: a file system without a fixed number of them.
    package var freeFiles: Int
    package var files: Int

    package init(path: String, free: Int, size: Int, freeFiles: Int, files: Int) {
      (self.path, self.free, self.size, self.freeFiles, self.files) = (path, free, size, freeFiles, files)
    }
  }

  private static let gigabyte = 1 << 30

  package static func disk(_ disk: Disk?) -> [Finding] {
    guard let disk else { return [Finding("disk", .skipped, "The stack's file system could not be looked at.")] }
    let space = "\(Bytes.words(disk.free)) of \(Bytes.words(disk.size)) are free on the disk of \(disk.path)"
    let commands = ["df -h \(disk.path)", "sudo du -xh --max-depth=2 / | sort -h | tail -20", "docker system df"]
    var found: [Finding] = []
    switch disk.free {
    case ..<gigabyte:
      found = [Finding("disk", .problem, "Only \(space): databases break when it is full.", commands: commands)]
    case ..<(4 * gigabyte):
      found = [Finding("disk", .warning, "Only \(space): images, models and logs will fill it.", commands: commands)]
    default: found = [Finding("disk", .ok, space + ".")]
    }
    return found + inodes(disk)
  }

  private static func inodes(_ disk: Disk) -> [Finding] {
    guard disk.files > 0 else { return [] }
    let share = Double(disk.freeFiles) / Double(disk.files)
    let commands = ["df -i \(disk.path)", "sudo du -x --inodes --max-depth=3 / | sort -n | tail -20"]
    if disk.freeFiles < 1000 || share < 0.01 {
      return [
        Finding(
          "inodes", .problem, "Only \(disk.freeFiles) more files can be made on the disk of \(disk.path).", commands: commands)
      ]
    }
    if share < 0.05 {
      return [
        Finding(
          "inodes", .warning, "Only \(Int(share * 100)) % of the disk's files are left (\(disk.freeFiles)).", commands: commands)
      ]
    }
    return [Finding("inodes", .ok, "\(disk.freeFiles) more files can be made.")]
  }

  package static func lookAtDisk(_ path: String) -> Disk? {
    var facts = statvfs()
    guard unsafe statvfs(path, &facts) == 0 else { return nil }
    let unit = Int(facts.f_frsize)
    return Disk(
      path: path, free: Int(facts.f_bavail) * unit, size: Int(facts.f_blocks) * unit, freeFiles: Int(facts.f_favail),
      files: Int(facts.f_files))
  }

  package struct Memory: Sendable, Hashable {
    /// Bytes, as /proc/meminfo has them.
    package var total: Int
    package var available: Int
    package var freeSwap: Int
    /// The least of the limits of our control groups; nil: none.
    package var limit: Int?

    package init(total: Int, available: Int, freeSwap: Int, limit: Int? = nil) {
      (self.total, self.available, self.freeSwap, self.limit) = (total, available, freeSwap, limit)
    }

    /// From the texts of /proc/meminfo and of the group's limit files.
    package init?(meminfo: String, limits: [String]) {
      var values: [Substring: Int] = [:]
      for line in meminfo.split(separator: "\n") {
        let parts = line.split { $0 == ":" || $0 == " " }
        if parts.count >= 2, let kilobytes = Int(parts[1]) { values[parts[0]] = kilobytes * 1024 }
      }
      guard let total = values["MemTotal"], let available = values["MemAvailable"] else { return nil }
      // Version 1 writes a number near 2^63 for none, version 2 `max`.
      let least = limits.compactMap { Int($0.filter(\.isNumber)) }.filter { $0 > 0 && $0 < total }.min()
      self.init(total: total, available: available, freeSwap: values["SwapFree"] ?? 0, limit: least)
    }
  }

  /// `needed`: what the services may need together. `isRunning`: they have it already.
  package static func memory(_ memory: Memory?, needed: Int, isRunning: Bool) -> [Finding] {
    guard let memory else { return [Finding("memory", .skipped, "/proc/meminfo could not be read.")] }
    let need = Bytes.words(needed)
    let commands = ["free -h", "ps -eo rss,comm --sort=-rss | head"]
    let finding: Finding
    if needed > memory.total {
      finding = Finding(
        "memory", .problem, "The services may need \(need), and this machine has \(Bytes.words(memory.total)) in all.",
        commands: ["set services.NAME.limits.memory in leanto.yaml"] + commands)
    } else if !isRunning, needed > memory.available + memory.freeSwap {
      finding = Finding(
        "memory", .warning, "The services may need \(need), and \(Bytes.words(memory.available)) are available now.",
        commands: commands)
    } else if memory.available < memory.total / 20, memory.freeSwap < memory.total / 20 {
      finding = Finding(
        "memory", .warning,
        "Only \(Bytes.words(memory.available)) of \(Bytes.words(memory.total)) are available: the kernel will end programs.",
        commands: commands)
    } else {
      finding = Finding(
        "memory", .ok,
        "\(Bytes.words(memory.available)) of \(Bytes.words(memory.total)) are available; the services may need \(need).")
    }
    return [finding, groupLimit(memory, needed)]
  }

  private static func groupLimit(_ memory: Memory, _ needed: Int) -> Finding {
    guard let limit = memory.limit else {
      return Finding("cgroup", .ok, "No control group limits this process's memory below the machine's.")
    }
    let words = "Its control group lets this process have \(Bytes.words(limit))"
    guard needed > limit else { return Finding("cgroup", .ok, words + ", which is enough.") }
    return Finding(
      "cgroup", .problem, words + ", and the services may need \(Bytes.words(needed)): the kernel will end them.",
      commands: [
        "systemctl show --property=MemoryMax user-$(id -u).slice", "in WSL: set memory under [wsl2] in %USERPROFILE%\\.wslconfig",
      ])
  }

  package static func lookAtMemory() -> Memory? {
    guard let text = SmallFile.text("/proc/meminfo") else { return nil }
    return Memory(meminfo: text, limits: groupFiles(SmallFile.text("/proc/self/cgroup") ?? "").compactMap { SmallFile.text($0) })
  }

  /// The limit files of our group and of those above it (cgroups(7)): `0::/a/b` is version 2, `9:memory:/a` version 1.
  static func groupFiles(_ text: String) -> [String] {
    text.split(separator: "\n").flatMap { line -> [String] in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return [] }
      let steps = parts[2].split(separator: "/")
      let folders = (0...steps.count).map { "/" + steps.prefix($0).joined(separator: "/") }
      if parts[1].isEmpty { return folders.map { "/sys/fs/cgroup\($0)/memory.max" } }
      return parts[1].split(separator: ",").contains("memory")
        ? folders.map { "/sys/fs/cgroup/memory\($0)/memory.limit_in_bytes" } : []
    }
  }

  /// `periodic`: the texts of /etc/apt/apt.conf.d; nil: this machine has no apt.
  package static func upgrades(_ periodic: [String]?, isContainer: Bool) -> Finding {
    guard let periodic else {
      return Finding("upgrades", .skipped, "This machine has no apt; see to its updates in its own way.")
    }
    guard !isContainer else { return Finding("upgrades", .skipped, "This is a container: its image is what gets updated.") }
    let lines = periodic.flatMap { $0.split(whereSeparator: \.isNewline) }.filter { !$0.drop { $0 == " " }.hasPrefix("//") }
    let isOn = lines.last { $0.contains("APT::Periodic::Unattended-Upgrade ") }.map { !$0.contains("\"0\"") } ?? false
    guard isOn else {
      return Finding(
        "upgrades", .warning, "Nothing installs the system's security updates by itself.",
        commands: [
          "sudo apt-get install -y unattended-upgrades && echo 'APT::Periodic::Unattended-Upgrade \"1\";' | sudo tee /etc/apt/apt.conf.d/52leanto"
        ])
    }
    return Finding("upgrades", .ok, "Security updates are installed by themselves.")
  }

  package static func lookAtUpgrades() -> [String]? {
    let folder = "/etc/apt/apt.conf.d"
    guard SmallFile.exists(folder) else { return nil }
    return SmallFile.names(in: folder).sorted().compactMap { SmallFile.text("\(folder)/\($0)") }
  }

  /// Times in seconds since 1970.
  package static func certificate(ends: Int?, isUsers: Bool, now: Double) -> Finding {
    guard let ends else { return Finding("certificate", .skipped, "No certificate is in use: gateway.lan is off.") }
    let days = Int((Double(ends) - now) / 86_400)
    let command = isUsers ? "renew it where it came from, then: leanto up" : "leanto certificate renew"
    if Double(ends) <= now {
      return Finding("certificate", .problem, "The certificate of gateway.lan has expired.", commands: [command])
    }
    if days < 14 {
      return Finding("certificate", .warning, "The certificate of gateway.lan expires in \(days) days.", commands: [command])
    }
    return Finding("certificate", .ok, "The certificate of gateway.lan is valid for \(days) days more.")
  }
}

enum Bytes {
  /// `1.5 GiB`.
  static func words(_ bytes: Int) -> String {
    let units: [(Double, String)] = [(1_099_511_627_776, "TiB"), (1_073_741_824, "GiB"), (1_048_576, "MiB"), (1024, "KiB")]
    guard let unit = units.first(where: { Double(bytes) >= $0.0 }) else { return "\(bytes) B" }
    return "\((Double(bytes) / unit.0 * 10).rounded() / 10) \(unit.1)"
  }
}
