import Glibc
import TestSupport
import Testing

@testable import Logging

@Suite("A log that rotates")
struct RotatingFileTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder("rotating") }

  private func write(_ text: String, _ file: RotatingFile) -> Int { file.write(Array(text.utf8).span) }

  @Test("makes its file for its owner only, and goes on with one that is there")
  func goesOn() throws {
    for text in ["one\n", "two\n"] { #expect(write(text, RotatingFile(path: folder.path + "/a.log")) == 0) }
    #expect(folder.text("a.log") == "one\ntwo\n")
    var information = stat()
    #expect(unsafe stat(folder.path + "/a.log", &information) == 0)
    #expect(information.st_mode & 0o777 == 0o600)
  }

  @Test("rotates at its size, keeps so many files, and keeps records whole")
  func rotates() {
    let file = RotatingFile(path: folder.path + "/a.log", limit: 100, count: 3)
    for number in 0..<30 { #expect(write("record number \(number) of 30\n", file) == 0) }
    let kept = ["a.log.2", "a.log.1", "a.log"].map { folder.text($0) ?? "" }
    #expect(kept.allSatisfy { !$0.isEmpty && $0.utf8.count <= 100 && $0.hasPrefix("record") && $0.hasSuffix("\n") })
    #expect(kept.joined().hasSuffix("record number 28 of 30\nrecord number 29 of 30\n"))
    #expect(folder.text("a.log.3") == nil)
    #expect(file.droppedBytes == 0)
  }

  @Test("counts what was in the file before towards its size")
  func earlierSize() throws {
    try folder.write("a.log", String(repeating: "x", count: 95))
    _ = write("0123456789", RotatingFile(path: folder.path + "/a.log", limit: 100))
    #expect(folder.text("a.log") == "0123456789")
    #expect(folder.text("a.log.1")?.utf8.count == 95)
  }

  @Test("splits what is larger than a file over several")
  func large() {
    let file = RotatingFile(path: folder.path + "/a.log", limit: 100, count: 5)
    #expect(write(String(repeating: "x", count: 250), file) == 0)
    #expect(["a.log.2", "a.log.1", "a.log"].map { folder.text($0)?.utf8.count } == [100, 100, 50])
  }

  @Test("never grows past its limit with one file only")
  func oneFile() {
    let file = RotatingFile(path: folder.path + "/a.log", limit: 10, count: 1)
    for text in ["12345678", "abcdefgh"] { _ = write(text, file) }
    #expect(folder.text("a.log") == "abcdefgh")
  }

  @Test("counts what it cannot write, and writes again once it can")
  func missingFolder() throws {
    let file = RotatingFile(path: folder.path + "/later/a.log")
    #expect(write("lost\n", file) == 5)
    #expect(file.droppedBytes == 5)
    try folder.folder("later")
    #expect(write("kept\n", file) == 0)
    #expect(folder.text("later/a.log") == "kept\n")
    #expect(file.droppedBytes == 5)
  }

  @Test("begins a new file when somebody removed the old one")
  func removed() {
    let file = RotatingFile(path: folder.path + "/a.log")
    _ = write("one\n", file)
    unsafe unlink(folder.path + "/a.log")
    _ = write("two\n", file)
    #expect(folder.text("a.log") == "two\n")
  }

  @Test("follows no link that lies in its place")
  func link() throws {
    try folder.write("target", "")
    unsafe symlink(folder.path + "/target", folder.path + "/a.log")
    #expect(write("text", RotatingFile(path: folder.path + "/a.log")) == 4)
    #expect(folder.text("target") == "")
  }

  @Test("loses nothing when many write at once")
  func concurrent() async {
    let file = RotatingFile(path: folder.path + "/a.log", limit: 4000, count: 50)
    await withDiscardingTaskGroup { group in
      for writer in 0..<8 {
        group.addTask { for number in 0..<200 { file.write(Array("writer \(writer) number \(number)\n".utf8).span) } }
      }
    }
    let names = ["a.log"] + (1..<50).map { "a.log.\($0)" }
    let lines = names.compactMap { folder.text($0) }.joined().split(separator: "\n")
    #expect(Set(lines).count == 1600)
    #expect(lines.count == 1600)
  }

  @Test("a full disk loses what it refuses, stops nothing, and is written to again when there is room", .enabled(if: Tmpfs.works))
  func fullDisk() throws {
    let disk = try Tmpfs(size: "64k", at: try folder.folder("disk"))
    defer { disk.unmount() }
    try folder.write("disk/other", String(repeating: "x", count: 32 * 1024))
    let file = RotatingFile(path: folder.path + "/disk/a.log")
    var dropped = 0
    for _ in 0..<16 { dropped += write(String(repeating: "y", count: 8 * 1024), file) }
    #expect(dropped > 0)
    #expect(dropped == file.droppedBytes)
    #expect(dropped + (folder.text("disk/a.log")?.utf8.count ?? 0) == 128 * 1024)
    unsafe unlink(folder.path + "/disk/other")
    #expect(write("room again\n", file) == 0)
    #expect(folder.text("disk/a.log")?.hasSuffix("room again\n") == true)
  }

  @Test("a closed descriptor loses the record and nothing else")
  func closedDescriptor() {
    Logger.descriptor(-1, label: "test").error("Nobody reads this")
  }
}
