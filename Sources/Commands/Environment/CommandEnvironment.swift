package import Model
package import Settings

/// All that the verbs need from outside, as closures: `LiveEnvironment` has the real ones, tests have their own.
package struct CommandEnvironment: Sendable {
  /// Without the program's own name.
  package var arguments: [String]
  package var variables: [String: String]
  /// Absolute.
  package var currentDirectory: String
  package var build: BuildFacts
  package var terminal: TerminalAccess
  package var files: FileAccess
  package var daemon: DaemonAccess
  package var users: UserAccess
  package var keys: KeyAccess
  package var certificates: CertificateAccess
  package var models: ModelAccess
  package var doctor: DoctorAccess
  package var machine: MachineAccess
  package var containers: ContainerAccess
  package var clock: ClockAccess
  /// Reads leanto.yaml at a path; `variables` fill `${NAME}`. A file that cannot be read is a problem as well (line 0).
  package var loadSettings: @Sendable (_ path: String, _ variables: [String: String]) throws(SettingsProblems) -> StackSettings
  package var serviceManager = ServiceManagerAccess.none
  /// Tries the promises of a stack that runs, one proof after the other. Ends with an error only when it cannot try at all.
  package var verify: @Sendable (_ stack: StackDirectory) -> AsyncThrowingStream<Proof, any Error>

  package init(
    arguments: [String], variables: [String: String], currentDirectory: String, build: BuildFacts,
    terminal: TerminalAccess, files: FileAccess, daemon: DaemonAccess, users: UserAccess, keys: KeyAccess,
    certificates: CertificateAccess, models: ModelAccess, doctor: DoctorAccess,
    machine: MachineAccess, containers: ContainerAccess = .none, clock: ClockAccess,
    loadSettings: @escaping @Sendable (String, [String: String]) throws(SettingsProblems) -> StackSettings,
    verify: @escaping @Sendable (StackDirectory) -> AsyncThrowingStream<Proof, any Error>
  ) {
    self.arguments = arguments
    self.variables = variables
    self.currentDirectory = currentDirectory
    self.build = build
    self.terminal = terminal
    self.files = files
    self.daemon = daemon
    self.users = users
    self.keys = keys
    self.certificates = certificates
    self.models = models
    self.doctor = doctor
    self.machine = machine
    self.containers = containers
    self.clock = clock
    self.loadSettings = loadSettings
    self.verify = verify
  }
}

/// What `leanto version` tells.
package struct BuildFacts: Sendable, Hashable {
  package var version: String
  package var swift: String
  /// Nil: not known.
  package var commit: String?

  package init(version: String, swift: String, commit: String? = nil) {
    self.version = version
    self.swift = swift
    self.commit = commit
  }
}
