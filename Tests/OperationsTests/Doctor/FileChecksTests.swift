import Model
import TestSupport
import Testing

@testable import Operations

@Suite("The doctor: folders and secrets")
struct FileChecksTests {
  private static func entry(_ path: String, folder: Bool = false, _ mode: UInt32, owner: UInt32 = 1000) -> FileChecks.Entry {
    .init(path: path, isFolder: folder, mode: mode, owner: owner)
  }

  private static func keys(secret: Bool, data: Bool) -> [Finding] {
    FileChecks.keys([.init(service: "n8n", secret: "n8n-encryption-key", data: "/x/data/n8n")]) { _ in
      secret
    } hasData: { _ in
      data
    }
  }

  static let rows: [Seen] = [
    Seen(
      "secrets for their owner",
      FileChecks.secrets([entry("/s/secrets", folder: true, 0o700), entry("/s/secrets/users", 0o600)]), .ok, "owner alone"),
    Seen(
      "a secret for all", FileChecks.secrets([entry("/s/secrets/users", 0o644)]), .problem, "mode 644",
      "chmod 600 /s/secrets/users"),
    Seen(
      "a secrets folder for the group", FileChecks.secrets([entry("/s/secrets", folder: true, 0o750)]), .problem, "mode 750",
      "chmod 700 /s/secrets"),
    Seen(
      "one's own folders", FileChecks.owners([entry("/s/data/n8n", folder: true, 0o700)], user: 1000), .ok, "belong to who runs"),
    Seen(
      "somebody else's folder", FileChecks.owners([entry("/s/data/n8n", folder: true, 0o755, owner: 0)], user: 1000), .problem,
      "belongs to user 0", "sudo chown -R 1000 /s/data/n8n"),
    Seen("root", FileChecks.owners([entry("/s/data/n8n", folder: true, 0o755, owner: 1000)], user: 0), .ok, "runs as root"),
    Seen("a Linux file system", FileChecks.fileSystems([("/home/me/leanto", "ext4")]), .ok, "of this machine"),
    Seen(
      "a disk of Windows", FileChecks.fileSystems([("/mnt/c/leanto", "9p")]), .problem, "a disk of Windows",
      "cp -a /mnt/c/leanto/. ~/leanto/"),
    Seen("a share", FileChecks.fileSystems([("/mnt/nas/leanto", "nfs4")]), .problem, "another machine (nfs4)", "cp -a"),
    Seen("keys that are there", keys(secret: true, data: true), .ok, "Every encryption key"),
    Seen("keys that are still to be made", keys(secret: false, data: false), .ok, "first `leanto up`"),
    Seen(
      "a key that is gone", keys(secret: false, data: true), .problem, "is gone (secrets/n8n-encryption-key)",
      "put the old file back"),
    Seen(
      "nothing encrypted",
      FileChecks.keys([]) { _ in
        false
      } hasData: { _ in
        false
      }, .skipped, "No service"),
  ]

  @Test("What was seen leads to a verdict, a sentence and a command", arguments: rows)
  func verdict(seen: Seen) { seen.check() }

  @Test("The file system of a path is that of the longest mount above it")
  func mounts() {
    let text = """
      22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
      90 22 0:40 / /mnt/c rw,noatime - 9p C:\\134 rw,aname=drvfs
      91 22 0:41 / /mnt/nas rw - nfs4 nas:/x rw
      """
    #expect(FileChecks.kind(of: "/mnt/c/Users/me/leanto", mounts: text) == "9p")
    #expect(FileChecks.kind(of: "/mnt/cc", mounts: text) == "ext4" && FileChecks.kind(of: "/mnt/nas", mounts: text) == "nfs4")
    #expect(FileChecks.kind(of: "/x", mounts: "") == "")
  }

  @Test("A real stack: a secret that others can read is found with its fix, a lost key too, and a sound stack has nothing")
  func realStack() async throws {
    let folder = try ScratchFolder("doctor")
    try folder.folder("secrets")
    try folder.folder("data")
    try folder.folder("data/n8n")
    let file = try folder.write("secrets/users", "x")
    var plan = DoctorPlan(directory: StackDirectory(path: folder.path))
    plan.dataFolders = [folder.path + "/data/n8n"]
    plan.keys = [.init(service: "n8n", secret: "n8n-encryption-key", data: folder.path + "/data/n8n")]
    #expect(await Doctor.examine(FileChecks.checks(plan), limit: .seconds(60)).allSatisfy { $0.verdict == .ok })
    try folder.write("secrets/users", "x", mode: 0o640)
    try folder.write("data/n8n/database.sqlite", "x")
    let found = await Doctor.examine(FileChecks.checks(plan), limit: .seconds(60)).filter { $0.verdict == .problem }
    #expect(found.map(\.check) == ["secrets", "keys"])
    #expect(found.first?.fix == .mode(path: file, mode: 0o600))
  }
}
