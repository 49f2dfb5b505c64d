internal import CLinux
internal import Glibc
internal import Model

/// Starts processes, each the first of a group of its own.
enum Spawn {
  /// The processes that we started and have not waited for. Whoever else is our child was handed to us when its own parent ended.
  /// Held while one is started, so that no child is seen before it is in here.
  static let ownChildren = Lock<Set<Int32>>([])

  /// `program`: a path. `output`: gets standard output and, without `errors`, standard error; nil: they go nowhere. Returns the
  /// process identifier.
  static func start(
    _ program: String, _ command: [String], environment: [String: String], directory: String, output: Descriptor?,
    errors: Descriptor? = nil
  ) throws(CannotStart) -> Int32 {
    try checkDirectory(directory)
    let variables = environment.map { "\($0.key)=\($0.value)" }
    let (status, process) = ownChildren.withLock { own in
      var process: Int32 = 0
      let status = unsafe spawn(program, command, variables, directory, [output?.number, (errors ?? output)?.number], &process)
      if status == 0 { own.insert(process) }
      return (status, process)
    }
    guard status == 0 else { throw CannotStart(description: "cannot start: \(reason(status, program))") }
    return process
  }

  /// Nil: it runs still. What has ended stays a zombie, so that its identifier and its group's are not given away.
  static func end(of process: Int32) -> ProcessEnd? {
    var wasSignal: Int32 = 0
    var status: Int32 = 0
    switch unsafe linux_peek_exit(process, &wasSignal, &status) {
    case 0: return nil
    case 1: return wasSignal != 0 ? .killed(signal: status & 0x7f) : .exited(status: status)
    default: return .unseen
    }
  }

  /// Lets the identifier of an ended child go.
  static func reap(_ process: Int32) {
    ownChildren.withLock { own in
      own.remove(process)
      _ = waitpid(process, nil, WNOHANG)
    }
  }

  private static func checkDirectory(_ directory: String) throws(CannotStart) {
    var information = stat()
    guard unsafe stat(directory, &information) == 0, information.st_mode & S_IFMT == S_IFDIR else {
      throw CannotStart(description: "cannot start: its working directory \(directory) does not exist")
    }
  }

  private static func reason(_ status: Int32, _ program: String) -> String {
    switch status {
    case ENOENT: "\(program) needs an interpreter or a library that is not there (see its first line)"
    case ENOEXEC: "\(program) is not a program for this machine"
    default: "\(program): \(unsafe String(cString: strerror(status)))"
    }
  }
}

/// posix_spawn with everything set: group, signals, standard descriptors, directory; all other descriptors closed.
@unsafe private func spawn(
  _ program: String, _ command: [String], _ variables: [String], _ directory: String, _ outputs: [Int32?],
  _ process: inout Int32
) -> Int32 {
  var attributes = posix_spawnattr_t()
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawnattr_init(&attributes)
  unsafe posix_spawn_file_actions_init(&actions)
  defer {
    unsafe posix_spawnattr_destroy(&attributes)
    unsafe posix_spawn_file_actions_destroy(&actions)
  }
  unsafe setAttributes(&attributes)
  unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
  for (number, output) in zip([STDOUT_FILENO, STDERR_FILENO], outputs) {
    if let output {
      unsafe posix_spawn_file_actions_adddup2(&actions, output, number)
    } else {
      unsafe posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_WRONLY, 0)
    }
  }
  unsafe linux_spawn_closing_from(&actions, 3)
  unsafe linux_spawn_in(&actions, directory)
  let arguments = unsafe CStrings(command)
  let environment = unsafe CStrings(variables)
  return unsafe posix_spawn(&process, program, &actions, &attributes, arguments.pointers, environment.pointers)
}

@unsafe private func setAttributes(_ attributes: inout posix_spawnattr_t) {
  var every = sigset_t()
  var none = sigset_t()
  unsafe sigfillset(&every)
  unsafe sigemptyset(&none)
  unsafe posix_spawnattr_setflags(
    &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
  unsafe posix_spawnattr_setpgroup(&attributes, 0)
  // A daemon ignores SIGPIPE and blocks what it reads by descriptor; both would be inherited.
  unsafe posix_spawnattr_setsigdefault(&attributes, &every)
  unsafe posix_spawnattr_setsigmask(&attributes, &none)
}

/// A null-terminated array of C strings.
@unsafe private final class CStrings {
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ texts: [String]) {
    unsafe count = texts.count
    unsafe pointers = .allocate(capacity: texts.count + 1)
    for (index, text) in texts.enumerated() { unsafe (pointers + index).initialize(to: strdup(text)) }
    unsafe (pointers + count).initialize(to: nil)
  }

  deinit {
    for index in unsafe 0..<count { unsafe free(pointers[index]) }
    unsafe pointers.deallocate()
  }
}
