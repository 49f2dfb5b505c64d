/// One container of a stack, as a value. A service has one, and its preset may put others beside it.
package struct ContainerSpec: Sendable, Hashable {
  package struct Volume: Sendable, Hashable {
    /// Seen from the stack directory, or absolute.
    package var source: String
    package var target: String
    package var isReadOnly = false
    /// For a folder that is made here.
    package var isFolder = true
  }

  /// A secret that the application reads from a file: `docker inspect` does not show it.
  package struct SecretFile: Sendable, Hashable {
    /// Its name among the stack's secrets, and below `/run/secrets`.
    package var name: String
    /// The variable that holds the file's path.
    package var variable: String
  }

  /// The name on the stack's network too.
  package var name: String
  /// The service of the settings that it belongs to.
  package var service: String
  /// With its tag, as in the settings or the preset.
  package var image: String
  /// Empty: the image's own.
  package var command: [String] = []
  /// `uid:gid`. Nil: the image's own.
  package var user: String?
  package var environment: [String: String] = [:]
  /// Written to a file of mode 0600, and never shown.
  package var hiddenEnvironment: [String: String] = [:]
  package var secretFiles: [SecretFile] = []
  /// Published on this machine's loopback address only. Nil: reached by other containers alone.
  package var hostPort: UInt16?
  package var port: UInt16?
  package var volumes: [Volume] = []
  /// Path, and options behind a colon.
  package var temporary: [String] = []
  package var isReadOnly = false
  /// Whether the kernel's capabilities are all taken away.
  package var dropsCapabilities = false
  package var needsInit = false
  /// Run inside of the container. Nil: it is only watched from outside.
  package var health: ContainerHealth?
  /// Containers that start first, and whether they have to be healthy.
  package var after: [String: Bool] = [:]
  /// Bytes. Nil: no limit.
  package var memory: Int?
  package var cpus: Double?
  package var processes: Int?
  package var stopSeconds = 10

  package init(name: String, service: String, image: String) {
    self.name = name
    self.service = service
    self.image = image
  }
}

package struct ContainerHealth: Sendable, Hashable {
  /// Run without a shell.
  package var command: [String]
  /// Failures within it do not count; it ends with the first success.
  package var startSeconds: Int
}
