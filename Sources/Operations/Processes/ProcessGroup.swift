internal import CLinux
internal import Glibc
internal import Model

/// Everything that came of one start of a service: the first process, its group, and what left the group but still carries the
/// name of the start in its environment.
struct ProcessGroup: Sendable, Hashable {
  /// The first process; its identifier is the group's too. Zero where it is not known: then only the name of the start counts.
  var leader: Int32
  /// The leader's, so that another process with its identifier is never taken for it.
  var startTime: UInt64
  var run: String
  /// Whether the leader is our child. While it is, and is not waited for, its identifier cannot be given away.
  var isChild: Bool

  /// Whether the first process still runs, and is not another one that got its identifier.
  var leaderRuns: Bool {
    guard leader > 1, let entry = ProcessTable.entry(leader) else { return false }
    return entry.startTime == startTime && !entry.isZombie
  }

  /// Which of `table` belong to this start and still run. `run` reads the name of the start from a process's environment.
  func members(in table: [ProcessEntry], run: (Int32) -> String?) -> [ProcessEntry] {
    // Group 0 is the kernel's own threads, and to signal "group 1" is to signal everything there is.
    let isOurNumber = leader > 1 && (isChild || !table.contains { $0.identifier == leader && $0.startTime != startTime })
    return table.filter { entry in
      guard !entry.isZombie, entry.identifier != getpid() else { return false }
      return isOurNumber && entry.group == leader || run(entry.identifier) == self.run
    }
  }

  func members() -> [ProcessEntry] {
    members(in: ProcessTable.all()) { ProcessTable.environmentValue(ProcessPlan.runVariable, of: $0) }
  }

  /// Sends `signal` to every member. The group at once where its number is certainly ours, the others one by one. Returns the
  /// members that there were.
  @discardableResult
  func send(_ signal: Int32) -> [ProcessEntry] {
    let members = members()
    let leaderIsOurs = leader > 1 && (isChild || ProcessTable.entry(leader)?.startTime == startTime)
    if leaderIsOurs { kill(-leader, signal) }
    for member in members where !leaderIsOurs || member.group != leader { Self.send(signal, to: member) }
    return members
  }

  /// By descriptor, and only if it is still the process that was looked at.
  static func send(_ signal: Int32, to member: ProcessEntry) {
    guard let descriptor = Descriptor(linux_pidfd_open(member.identifier)),
      ProcessTable.entry(member.identifier)?.startTime == member.startTime
    else { return }
    _ = linux_pidfd_send_signal(descriptor.number, signal)
  }
}

extension ProcessEntry {
  /// Whether this very process still runs.
  var runsStill: Bool { ProcessTable.entry(identifier).map { $0.startTime == startTime && !$0.isZombie } ?? false }
}

/// Processes whose own parent ended and that were handed to us, because we asked for that: they come from our services, since
/// every child that we made ourselves is in `Spawn.ownChildren`.
enum Orphans {
  /// Returns whether the kernel agreed. From then on the whole process must start its children through `Spawn` only.
  @discardableResult
  static func adoptThem() -> Bool { linux_become_subreaper() == 0 }

  static func all() -> [ProcessEntry] {
    Spawn.ownChildren.withLock { own in
      ProcessTable.all().filter { $0.parent == getpid() && !own.contains($0.identifier) }
    }
  }

  /// Waits for those that have ended, so that no zombies pile up. Returns those that run.
  @discardableResult
  static func reap() -> [ProcessEntry] {
    let orphans = all()
    for orphan in orphans where orphan.isZombie { _ = waitpid(orphan.identifier, nil, WNOHANG) }
    return orphans.filter { !$0.isZombie }
  }
}
