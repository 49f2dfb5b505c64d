import Glibc
import Model
import Operations
import Stack

/// systemd on this machine.
enum LiveServiceManager {
  static var access: ServiceManagerAccess { ServiceManagerAccess(units: units, machine: facts, run: run) }

  @Sendable private static func run(_ command: [String]) async throws -> CommandResult {
    var variables: [String: String] = [:]
    // How systemctl --user finds its manager; a shell of `sudo -u` or `su` has no such variable.
    for name in ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"] { variables[name] = CommandEnvironment.variables()[name] }
    if variables["XDG_RUNTIME_DIR"] == nil { variables["XDG_RUNTIME_DIR"] = "/run/user/\(getuid())" }
    do {
      let done = try await SystemCommand.run(command, environment: variables, limit: .seconds(180))
      return CommandResult(status: done.status, text: done.text)
    } catch let problem as CannotStart {
      throw CommandFailure(.missing, "\(command.first ?? "a command") \(problem)")
    }
  }

  @Sendable private static func units() -> [InstalledUnit] {
    [UnitPlan.Scope.system, .user].flatMap { scope -> [InstalledUnit] in
      let folder = UnitPlan.folder(scope, configuration)
      let names = ((try? LiveFiles.list(folder)) ?? []).filter { $0.hasPrefix("leanto-") && $0.hasSuffix(".service") }
      return names.compactMap { name in
        let path = folder + "/" + name
        guard let bytes = try? LiveFiles.read(path, offset: 0, count: 64 * 1024) else { return nil }
        return InstalledUnit(name: name, path: path, scope: scope, text: String(decoding: bytes, as: UTF8.self))
      }
    }
  }

  private static var configuration: String {
    let variables = CommandEnvironment.variables()
    if let folder = variables["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return folder }
    return (variables["HOME"] ?? "/root") + "/.config"
  }

  @Sendable private static func facts(_ stack: StackDirectory) -> ServiceMachineFacts {
    var facts = ServiceMachineFacts()
    facts.hasSystemd = LiveFiles.facts("/run/systemd/system") != nil
    facts.isRoot = geteuid() == 0
    facts.userName = name(of: geteuid()) ?? "\(geteuid())"
    facts.configuration = configuration
    facts.program = program
    facts.closedPath = closedPart(of: facts.program)
    var status = stat()
    if unsafe stat(stack.path, &status) == 0 {
      facts.owner = name(of: status.st_uid)
      facts.ownerIsPerson = (1000..<60_000).contains(status.st_uid)
    }
    facts.hasServiceUser = unsafe getpwnam("leanto") != nil
    facts.hasDockerGroup = unsafe getgrnam("docker") != nil
    facts.lingers = LiveFiles.facts("/var/lib/systemd/linger/\(facts.userName)") != nil
    return facts
  }

  /// Verbs run on one thread, and nobody else here asks for accounts.
  private static func name(of user: uid_t) -> String? {
    guard let entry = unsafe getpwuid(user) else { return nil }
    return unsafe String(cString: entry.pointee.pw_name)
  }

  private static var program: String {
    var bytes = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : "leanto"
  }

  /// Others must be able to enter every folder on the way, and to read and run the program itself. Homes are shown to a unit by
  /// a mount of the one program.
  private static func closedPart(of path: String) -> String? {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & 0o005 == 0o005 else { return path }
    let parts = path.split(separator: "/").dropLast()
    for count in parts.indices {
      let folder = "/" + parts[...count].joined(separator: "/")
      if folder == "/root" || folder == "/home" { return nil }
      guard unsafe stat(folder, &status) == 0, status.st_mode & 0o001 != 0 else { return folder }
    }
    return nil
  }
}
