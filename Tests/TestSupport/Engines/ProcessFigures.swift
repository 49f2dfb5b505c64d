internal import Glibc

extension EngineProcess {
  /// Bytes of memory that it holds now, shared libraries included.
  package var residentBytes: Int { (status("VmRSS") ?? 0) * 1024 }

  /// Seconds of processor time so far, on all its threads.
  package var processorSeconds: Double {
    // After the name, which may hold anything, the 12th and 13th are ticks in user and in system mode.
    let line = readText("/proc/\(processIdentifier)/stat") ?? ""
    let rest = line[(line.lastIndex(of: ")") ?? line.startIndex)...].split(separator: " ").compactMap { Double($0) }
    // The state is a letter and is left out by the conversion.
    guard rest.count > 12 else { return 0 }
    return (rest[10] + rest[11]) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  package var openDescriptors: Int {
    guard let folder = unsafe opendir("/proc/\(processIdentifier)/fd") else { return 0 }
    defer { unsafe closedir(folder) }
    var count = -2
    while unsafe readdir(folder) != nil { count += 1 }
    return count
  }

  private func status(_ name: String) -> Int? {
    let line = (readText("/proc/\(processIdentifier)/status") ?? "").split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return line?.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) }
  }
}

/// Descriptors that this process may have, raised as far as it goes.
package func raisedDescriptorLimit() -> Int {
  var limit = rlimit()
  unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  limit.rlim_cur = limit.rlim_max
  unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  return Int(clamping: limit.rlim_cur)
}
