/// All containers of a stack, and what they have in common. Rendered by `files`, carried out by `Operations`.
package struct ComposePlan: Sendable, Hashable {
  /// Compose's project: names containers, the network, and what belongs together.
  package var project: String
  package var containers: [ContainerSpec]
  package var network: StackNetwork
  /// Of the images that were pulled: what stood behind the tag then.
  package var lock: ImageLock
  /// Values of secrets by name, for files that containers read.
  package var secrets: [String: String] = [:]
  /// Who reads those files. Nil: whoever writes them.
  package var secretOwner: UInt32?
  /// Whether the engine knows `start_interval` (25.0, API 1.44); an older one refuses it.
  package var hasStartInterval = false
  /// Whether `host.docker.internal` is the stack network's own address, where the bridge to the model listens, instead of Docker's.
  package var reachesMachineByNetwork = false

  package init(project: String, containers: [ContainerSpec], network: StackNetwork, lock: ImageLock = ImageLock()) {
    self.project = project
    self.containers = containers
    self.network = network
    self.lock = lock
  }

  /// Names of the services in a file that `files` wrote.
  package static func services(in text: String) -> [String] {
    let lines = text.split(separator: "\n").drop { $0 != "services:" }.dropFirst().prefix { $0.hasPrefix("  ") }
    return lines.filter { !$0.hasPrefix("   ") && $0.hasSuffix(":") }.map { $0.dropFirst(2).dropLast().filter { $0 != "\"" } }
  }

  /// With their tags, each once.
  package var images: [String] {
    containers.map(\.image).reduce(into: []) { images, image in if !images.contains(image) { images.append(image) } }
  }
}

/// The network that the containers of one stack share, and the gateway's place in it.
package struct StackNetwork: Sendable, Hashable {
  /// `10.83.7.0/24`.
  package var subnet: String
  /// This machine's own address there, where the gateway listens for the stack's containers.
  package var gateway: String

  package init(subnet: String, gateway: String) {
    self.subnet = subnet
    self.gateway = gateway
  }

  /// A block of 256 addresses of 10.83.0.0/16.
  package init(block: Int) { self.init(subnet: "10.83.\(block).0/24", gateway: "10.83.\(block).1") }
}
