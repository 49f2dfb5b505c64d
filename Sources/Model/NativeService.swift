/// A service as it runs on this machine. Made by `Stack`, carried out by `Operations`.
package struct NativeService: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// A child process of the daemon.
    case process(ProcessPlan)
    /// Something that already runs elsewhere: watched, neither started nor stopped.
    case address
    /// A container that Docker runs, reached at a port of this machine's loopback address: watched here.
    case container(image: String)
    /// Its command is not on this machine. `remedy` says how to get it.
    case missing(command: String, remedy: String)
  }

  package var name: String
  package var kind: Kind
  /// Where it answers. Nil: it does not listen.
  package var address: Address?
  package var health: HealthCheck
  /// Names of services that must be healthy first.
  package var after: [String]
  /// How long a start may take before it counts as failed.
  package var startSeconds: Int

  package init(
    name: String, kind: Kind, address: Address?, health: HealthCheck, after: [String] = [], startSeconds: Int = 120
  ) {
    self.name = name
    self.kind = kind
    self.address = address
    self.health = health
    self.after = after
    self.startSeconds = startSeconds
  }
}

package struct ProcessPlan: Sendable, Hashable {
  /// The program (a path, or a name to find in PATH) and its arguments. Never a secret: arguments are seen by everyone.
  package var command: [String]
  /// Added to a minimal environment (PATH, HOME, LANG, TZ). Values may be secrets: they are never logged.
  package var environment: [String: String]
  package var directory: String
  /// Seconds between SIGTERM and SIGKILL.
  package var stopSeconds: Int
  /// Texts that are taken out of what it prints before anybody can read it: some programs quote their own secrets.
  package var hidden: [String]

  package init(
    command: [String], environment: [String: String] = [:], directory: String, stopSeconds: Int = 10, hidden: [String] = []
  ) {
    self.hidden = hidden
    self.command = command
    self.environment = environment
    self.directory = directory
    self.stopSeconds = stopSeconds
  }
}

package enum HealthCheck: Sendable, Hashable {
  /// Healthy when the status is `status` and, where `contains` is given, the body holds it.
  case http(path: String, status: Int, contains: String? = nil)
  case tcp
  case command([String])
  /// Healthy as long as it runs.
  case none
}
