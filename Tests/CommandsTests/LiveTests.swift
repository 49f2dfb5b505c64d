import Glibc
import Model
import Settings
import Testing

@testable import Commands

@Suite("The real outside")
struct LiveTests {
  @Test("A lock is held once, names its holder, and is free again when it is let go")
  func lock() throws {
    let world = World(stack: false)
    let path = world.folder + "/lock"
    #expect(LiveLock.holder(path) == nil)
    let release = try LiveLock.take(path)
    #expect(LiveLock.holder(path) == getpid())
    #expect(throws: LockHeld(processIdentifier: getpid())) { try LiveLock.take(path) }
    release()
    #expect(LiveLock.holder(path) == nil)
    try LiveLock.take(path)()
  }

  @Test("A file is made once, with its mode, and says what is wrong otherwise")
  func create() throws {
    let world = World(stack: false)
    let path = world.folder + "/file"
    try LiveFiles.create(path, [1, 2, 3], mode: 0o600)
    #expect(mode(of: path) == 0o600)
    #expect(throws: CommandFailure(.failed, "cannot open \(path): File exists")) { try LiveFiles.create(path, [], mode: 0o600) }
    #expect(try LiveFiles.read(path, offset: 1, count: 100) == [2, 3])
    #expect(try LiveFiles.read(path, offset: 9, count: 100) == [])
  }

  @Test("Removing takes a whole folder, never what a link points to, and nothing where nothing is")
  func remove() throws {
    let world = World(stack: false)
    world.add("keep/file", "mine")
    world.add("tree/a/b/c", "x")
    #expect(unsafe symlink(world.folder + "/keep", world.folder + "/tree/link") == 0)
    try LiveFiles.remove(world.folder + "/tree")
    try LiveFiles.remove(world.folder + "/tree")
    #expect(try LiveFiles.list(world.folder) == ["keep"])
    #expect(world.text(of: "keep/file") == "mine")
  }

  @Test("A folder that is there is no mistake, a file in its place is")
  func makeDirectory() throws {
    let world = World(stack: false)
    try LiveFiles.makeDirectory(world.folder + "/d", mode: 0o700)
    try LiveFiles.makeDirectory(world.folder + "/d", mode: 0o755)
    #expect(mode(of: world.folder + "/d") == 0o700)
    world.add("f", "")
    #expect(throws: CommandFailure.self) { try LiveFiles.makeDirectory(world.folder + "/f", mode: 0o700) }
  }

  @Test("A port that something listens at is not free")
  func ports() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    try #require(listen(descriptor, 1) == 0)
    var place = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutablePointer(to: &place) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = unsafe getsockname(descriptor, $0, &size) }
    }
    #expect(!LiveMachine.isFree(.tcp(host: "127.0.0.1", port: UInt16(bigEndian: place.sin_port))))
    #expect(LiveMachine.isFree(.unix(path: "/nowhere")))
  }

  @Test(
    "The terminal's keys are taken as its ordinary mode would",
    arguments: [
      ([0x61, 0x62, 0x0A], .line([0x61, 0x62])), ([0x61, 0x7F, 0x62, 0x0D], .line([0x62])), ([0x7F, 0x0A], .line([])),
      ([0x61, 0xC3, 0xA9, 0x08, 0x0A], .line([0x61])), ([0x61, 0x15, 0x62, 0x0A], .line([0x62])), ([0x04], .ended),
      ([0x61, 0x04], .line([0x61])), ([0x61, 0x03], .interrupted), ([0x61, 0x1C], .interrupted),
    ] as [([UInt8], PasswordPrompt.Typed)])
  func keys(bytes: [UInt8], expected: PasswordPrompt.Typed) {
    var line: [UInt8] = []
    var typed: PasswordPrompt.Typed?
    for byte in bytes where typed == nil { typed = PasswordPrompt.take(byte, &line) }
    #expect(typed == expected)
  }
}

/// Alone, because it changes what the whole process does with a signal.
@Suite("Signals are held back", .serialized)
struct InterruptionTests {
  @Test("A body that no signal met is not interrupted, and its error comes through")
  func quiet() throws {
    struct Failure: Error {}
    #expect(throws: Failure.self) {
      try Interruption.hold { isInterrupted in
        #expect(!isInterrupted())
        throw Failure()
      }
    }
  }

  @Test("A signal waits until the body has ended")
  func held() throws {
    let before = signal(SIGHUP, SIG_IGN)
    defer { signal(SIGHUP, before) }
    try Interruption.hold { isInterrupted in
      #expect(!isInterrupted())
      kill(getpid(), SIGHUP)
      let deadline = ContinuousClock.now + .seconds(10)
      while !isInterrupted(), ContinuousClock.now < deadline { usleep(1000) }
      #expect(isInterrupted())
    }
  }
}
