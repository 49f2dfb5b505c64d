package import Model

/// What the doctor has to know of a stack; made from its settings.
package struct DoctorPlan: Sendable {
  package struct Place: Sendable, Hashable {
    /// The settings' path, such as `gateway.local`.
    package var key: String
    package var address: Address

    package init(key: String, address: Address) {
      self.key = key
      self.address = address
    }
  }

  /// What cannot be read without a key: a service's data and the secret that it is encrypted with.
  package struct Key: Sendable, Hashable {
    package var service: String
    package var secret: String
    package var data: String

    package init(service: String, secret: String, data: String) {
      self.service = service
      self.secret = secret
      self.data = data
    }
  }

  package enum Containers: Sendable, Hashable { case never, wherePossible, always }

  package var directory: StackDirectory
  /// Where the stack is to listen and does not yet.
  package var listeners: [Place] = []
  /// Where the gateway listens for containers, while the daemon runs.
  package var internalPort: UInt16?
  /// The process of this stack's daemon, while it runs.
  package var daemon: Int32?
  package var containers = Containers.wherePossible
  /// Bytes that the services may need together.
  package var memory = 0
  /// Of the services; they need not be there.
  package var dataFolders: [String] = []
  package var keys: [Key] = []
  /// Seconds since 1970 until which the certificate of gateway.lan is valid.
  package var certificateEnds: Int?
  package var certificateIsUsers = false
  /// `none`, `ngrok`, ...
  package var tunnel = "none"
  package var domain: String?
  /// Of the machine that the model's server is looked for on.
  package var modelAddresses: [String] = []
  package var modelAPI = ModelServer.API.ollama
  package var models: [String] = []

  package init(directory: StackDirectory) { self.directory = directory }
}
