internal import Glibc
internal import Model

/// Folders and secrets of the stack.
package enum FileChecks {
  package struct Entry: Sendable, Hashable {
    package var path: String
    package var isFolder: Bool
    package var mode: UInt32
    package var owner: UInt32

    package init(path: String, isFolder: Bool, mode: UInt32, owner: UInt32) {
      (self.path, self.isFolder, self.mode, self.owner) = (path, isFolder, mode, owner)
    }
  }

  /// `secrets`: the folder and all in it.
  package static func secrets(_ secrets: [Entry]) -> [Finding] {
    let open = secrets.filter { $0.mode & 0o077 != 0 }
    guard !open.isEmpty else { return [Finding("secrets", .ok, "The secrets are for their owner alone.")] }
    return open.map { entry in
      let mode: UInt32 = entry.isFolder ? 0o700 : 0o600
      return Finding(
        "secrets", .problem, "\(entry.path) can be read by others (mode \(String(entry.mode, radix: 8))).",
        commands: ["chmod \(String(mode, radix: 8)) \(entry.path)"], fix: .mode(path: entry.path, mode: mode))
    }
  }

  /// `folders`: those of the services that are there. `user`: who runs Leanto.
  package static func owners(_ folders: [Entry], user: UInt32) -> [Finding] {
    // Root may write anywhere, and gives containers' folders to their users.
    guard user != 0 else { return [Finding("owners", .ok, "Leanto runs as root, which may write into every data folder.")] }
    let foreign = folders.filter { $0.owner != user && $0.mode & 0o002 == 0 }
    guard !foreign.isEmpty else { return [Finding("owners", .ok, "The data folders belong to who runs Leanto.")] }
    return foreign.map { entry in
      Finding(
        "owners", .problem,
        "\(entry.path) belongs to user \(entry.owner), and services run as user \(user): they cannot write there.",
        commands: ["sudo chown -R \(user) \(entry.path)"])
    }
  }

  /// `kinds`: per folder the type of its file system, as /proc/self/mountinfo has it.
  package static func fileSystems(_ kinds: [(path: String, kind: String)]) -> [Finding] {
    let slow = kinds.filter { ["9p", "drvfs", "cifs", "smb3", "nfs", "nfs4", "fuseblk", "vboxsf", "virtiofs"].contains($0.kind) }
    guard !slow.isEmpty else { return [Finding("data", .ok, "Data folders lie on a file system of this machine.")] }
    return slow.map { entry in
      let isWindows = entry.kind == "9p" || entry.kind == "drvfs"
      let what = isWindows ? "a disk of Windows" : "a file system of another machine (\(entry.kind))"
      return Finding(
        "data", .problem, "\(entry.path) lies on \(what): databases break there, it is slow, and modes mean nothing.",
        commands: ["leanto down && mkdir -p ~/leanto && cp -a \(entry.path)/. ~/leanto/ && leanto up --stack ~/leanto"])
    }
  }

  /// The type of the file system with the longest mount point above `path` (proc_pid_mountinfo(5)).
  static func kind(of path: String, mounts text: String) -> String {
    var best = (length: -1, kind: "")
    for line in text.split(separator: "\n") {
      let halves = line.split(separator: " - ", maxSplits: 1)
      guard halves.count == 2, let kind = halves[1].split(separator: " ").first else { continue }
      let fields = halves[0].split(separator: " ")
      guard fields.count > 4 else { continue }
      let point = String(fields[4])
      let isAbove = point == "/" || path == point || path.hasPrefix(point + "/")
      if isAbove, point.count >= best.length { best = (point.count, String(kind)) }
    }
    return best.kind
  }

  /// `missing`: keys whose secret is not there although the service has data.
  package static func keys(_ keys: [DoctorPlan.Key], hasSecret: (DoctorPlan.Key) -> Bool, hasData: (DoctorPlan.Key) -> Bool)
    -> [Finding]
  {
    guard !keys.isEmpty else { return [Finding("keys", .skipped, "No service encrypts its data with a key of this stack.")] }
    let lost = keys.filter { !hasSecret($0) && hasData($0) }
    guard !lost.isEmpty else {
      let waiting = keys.filter { !hasSecret($0) }.map(\.service)
      return [
        Finding(
          "keys", .ok,
          waiting.isEmpty
            ? "Every encryption key is there." : "Keys of \(waiting.joined(separator: ", ")) are made by the first `leanto up`.")
      ]
    }
    return lost.map { key in
      Finding(
        "keys", .problem,
        "The encryption key of \(key.service) is gone (secrets/\(key.secret)), and its data needs it: a new key could read none of its credentials.",
        commands: ["put the old file back as secrets/\(key.secret) before the next `leanto up`"])
    }
  }

  // MARK: Looking

  package static func entry(_ path: String) -> Entry? {
    var facts = stat()
    guard unsafe lstat(path, &facts) == 0, facts.st_mode & S_IFMT != S_IFLNK else { return nil }
    return Entry(path: path, isFolder: facts.st_mode & S_IFMT == S_IFDIR, mode: facts.st_mode & 0o7777, owner: facts.st_uid)
  }

  package static func checks(_ plan: DoctorPlan) -> [DoctorCheck] {
    [
      DoctorCheck("secrets") {
        let folder = plan.directory.secrets
        return secrets(([folder] + SmallFile.names(in: folder).sorted().map { folder + "/" + $0 }).compactMap(entry))
      },
      DoctorCheck("owners") { owners(([plan.directory.path] + plan.dataFolders).compactMap(entry), user: geteuid()) },
      DoctorCheck("data") {
        let mounts = SmallFile.text("/proc/self/mountinfo") ?? ""
        return fileSystems(([plan.directory.path] + plan.dataFolders).map { ($0, kind(of: $0, mounts: mounts)) })
      },
      DoctorCheck("keys") {
        keys(plan.keys) {
          SmallFile.exists(plan.directory.secrets + "/" + $0.secret)
        } hasData: {
          !SmallFile.names(in: $0.data).isEmpty
        }
      },
    ]
  }
}
