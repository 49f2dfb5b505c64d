import Glibc
import Model
import Settings
import Synchronization

@testable import Commands

/// The outside of one verb: files in a folder of its own, a clock that only sleeping moves, and everything else refused until a
/// test says what it does.
final class World: Sendable {
  let folder: String
  let output = Box("")
  let errors = Box("")
  let time = Box(1000.0)
  let input = Box<[String]>([])
  let environmentBox: Box<CommandEnvironment>

  init(_ words: [String] = [], stack: Bool = true) {
    folder = Self.makeFolder()
    let (output, errors, time, input) = (output, errors, time, input)
    var environment = CommandEnvironment.refusing(folder)
    environment.arguments = words
    environment.terminal.write = { text in output.change { $0 += text } }
    environment.terminal.writeError = { text in errors.change { $0 += text } }
    environment.terminal.readLine = { input.change { $0.isEmpty ? nil : $0.removeFirst() } }
    environment.files = LiveFiles.access()
    // The real one is about the whole process, in which other tests run.
    environment.files.uninterrupted = { body in try body { false } }
    environment.clock = ClockAccess(now: { time.value }, monotonic: { time.value }) { seconds in
      time.change { $0 += seconds }
    }
    environmentBox = Box(environment)
    if stack { add("leanto.yaml", "services: {}\n") }
  }

  deinit { try? LiveFiles.remove(folder) }

  var stack: StackDirectory { StackDirectory(path: folder) }

  var environment: CommandEnvironment {
    get { environmentBox.value }
    set { environmentBox.change { $0 = newValue } }
  }

  /// Runs the words in the folder.
  func run() async -> ExitCode { await LeantoProgram.run(environment) }

  func add(_ name: String, _ text: String) {
    let path = folder + "/" + name
    makeParents(of: name)
    try? LiveFiles.remove(path)
    do { try LiveFiles.create(path, Array(text.utf8), mode: 0o644) } catch { fatalError("\(error)") }
  }

  /// Writes behind what is there, in the same file.
  func append(_ name: String, _ text: String) {
    let path = folder + "/" + name
    makeParents(of: name)
    write(text, path, O_WRONLY | O_CREAT | O_APPEND)
  }

  private func makeParents(of name: String) {
    let parts = name.split(separator: "/").dropLast()
    for count in parts.indices {
      try? LiveFiles.makeDirectory(folder + "/" + parts[...count].joined(separator: "/"), mode: 0o755)
    }
  }

  /// Makes the same file empty and writes into it.
  func cut(_ name: String, _ text: String) { write(text, folder + "/" + name, O_WRONLY | O_TRUNC) }

  private func write(_ text: String, _ path: String, _ flags: Int32) {
    do {
      let file = try FileDescriptor(opening: path, flags, mode: 0o644)
      defer { file.close() }
      try file.write(Array(text.utf8), of: path)
    } catch {
      fatalError("\(error)")
    }
  }

  func text(of name: String) -> String? {
    (try? LiveFiles.read(folder + "/" + name, offset: 0, count: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func makeFolder() -> String {
    var template = Array("/tmp/leanto-commands-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { fatalError("no folder for the test: \(lastError())") }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

/// A value that closures share.
final class Box<Value: Sendable>: Sendable {
  private let mutex: Mutex<Value>

  init(_ value: Value) { mutex = Mutex(value) }

  var value: Value { mutex.withLock { $0 } }

  @discardableResult
  func change<Result: Sendable>(_ body: (inout Value) -> Result) -> Result { mutex.withLock { body(&$0) } }
}
