import Glibc
import Settings
import Testing

@Suite("Reading the settings file") struct SettingsFileTests {
  private func message(loading path: String) -> String? {
    do throws(SettingsProblems) {
      _ = try SettingsFile.load(path: path, environment: [:])
      return nil
    } catch {
      return error.description
    }
  }

  @Test("A file is read, and its problems have its path")
  func file() throws {
    try withFolder { folder in
      let path = try write("services: { n8n: { preset: n8n } }\n", "\(folder)/leanto.yaml")
      #expect(try SettingsFile.load(path: path, environment: [:]).services.map(\.name) == ["n8n"])
      _ = try write("nam: x\n", path)
      #expect(message(loading: path) == "\(path):1: nam: is no key here; did you mean name?")
    }
  }

  @Test("No file, a directory, a pipe, an empty and a huge file are each told as such")
  func notAFile() throws {
    try withFolder { folder in
      let path = "\(folder)/leanto.yaml"
      #expect(message(loading: path) == "\(path): there is no such file; make one: leanto init")
      #expect(message(loading: folder) == "\(folder): is a directory; name the file leanto.yaml in it")
      #expect(message(loading: "\(path)\0.txt") == "\(path)\0.txt: there is no such file; make one: leanto init")
      #expect(unsafe mkfifo("\(folder)/pipe", 0o600) == 0)
      #expect(message(loading: "\(folder)/pipe") == "\(folder)/pipe: is not a file but a device, a pipe or a socket")
      _ = try write("", path)
      #expect(message(loading: path) == "\(path): is empty; the smallest file is: services: { n8n: { preset: n8n } }")
      _ = try write(String(repeating: "# no settings\n", count: 100_000), path)
      #expect(message(loading: path) == "\(path): is larger than 1MiB: that is no settings file")
      #expect(message(loading: "\(path)/x") == "\(path)/x: there is no such file; make one: leanto init")
    }
  }

  @Test("What the kernel says is told where it is rare")
  func rare() throws {
    try withFolder { folder in
      let path = "\(folder)/leanto.yaml"
      #expect(unsafe symlink("leanto.yaml", path) == 0)
      #expect(message(loading: path) == "\(path): cannot be read: Too many levels of symbolic links")
      // A regular file whose first byte cannot be read.
      #expect(message(loading: "/proc/self/mem") == "/proc/self/mem: cannot be read: Input/output error")
    }
  }

  @Test("A file that the user may not read is told, for root as well")
  func notAllowed() throws {
    try withFolder { folder in
      let path = try write("name: home\n", "\(folder)/leanto.yaml")
      #expect(unsafe chmod(path, 0) == 0)
      // Of this thread only, and taken back before anything else runs on it (setfsuid(2)). Without root it changes nothing.
      let changeUser = try setfsuid()
      _ = changeUser(65_534)
      let said = message(loading: path)
      _ = changeUser(geteuid())
      #expect(said == "\(path): may not be read by this user; look at its owner and mode: ls -l")
    }
  }
}

/// The call of sys/fsuid.h, which no module of Swift has: the user that this thread opens files as.
private func setfsuid() throws -> @convention(c) (uid_t) -> Int32 {
  let symbol = try unsafe #require(dlsym(nil, "setfsuid"))
  return unsafe unsafeBitCast(symbol, to: (@convention(c) (uid_t) -> Int32).self)
}

/// An empty folder for the time of `body`.
func withFolder(_ body: (String) throws -> Void) throws {
  let folder = "/tmp/leanto-settings-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
  try #require(unsafe mkdir(folder, 0o755) == 0)
  defer {
    for name in ["leanto.yaml", "pipe"] { unsafe unlink("\(folder)/\(name)") }
    unsafe rmdir(folder)
  }
  try body(folder)
}

func write(_ text: String, _ path: String) throws -> String {
  let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  try #require(descriptor >= 0)
  defer { close(descriptor) }
  let bytes = Array(text.utf8)
  try #require(unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
  return path
}
