internal import Glibc
internal import Model

/// Why a process could not be started, in words that go after the service's name.
package struct CannotStart: Error, Hashable, CustomStringConvertible {
  package var description: String
}

package enum CommandSearch {
  static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  /// The program's path. A name with a slash is taken as it is, seen from `directory`; any other is looked for in `path`.
  package static func find(_ name: String, path: String, directory: String) throws(CannotStart) -> String {
    guard !name.isEmpty else { throw CannotStart(description: "cannot start: its command is empty") }
    if name.contains("/") {
      let program = name.hasPrefix("/") ? name : "\(directory)/\(name)"
      if let problem = problem(program) { throw CannotStart(description: "cannot start: \(problem)") }
      return program
    }
    for folder in path.split(separator: ":") where problem("\(folder)/\(name)") == nil { return "\(folder)/\(name)" }
    throw CannotStart(description: "cannot start: no such command: \(name) (looked for it in \(path))")
  }

  private static func problem(_ program: String) -> String? {
    var information = stat()
    guard unsafe stat(program, &information) == 0 else { return "no such command: \(program)" }
    guard information.st_mode & S_IFMT == S_IFREG else { return "\(program) is not a program" }
    return unsafe access(program, X_OK) == 0 ? nil : "\(program) may not be executed (chmod +x \(program))"
  }
}

extension ProcessPlan {
  /// Names the start that a process belongs to, whatever group or session it moves to: its children inherit it.
  static let runVariable = "LEANTO_RUN"

  /// What the process gets: a minimal environment, the plan's own, and the name of this start.
  func fullEnvironment(from ours: (String) -> String?, run: String) -> [String: String] {
    var result = ["PATH": ours("PATH") ?? CommandSearch.usualPath, "LANG": ours("LANG") ?? "C.UTF-8"]
    for name in ["HOME", "TZ"] { result[name] = ours(name) }
    result.merge(environment) { $1 }
    result[Self.runVariable] = run
    return result
  }
}

/// A variable of our own environment.
package func ownEnvironment(_ name: String) -> String? {
  guard let value = unsafe getenv(name) else { return nil }
  return unsafe String(cString: value)
}
