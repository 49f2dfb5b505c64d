/// What the plan has to know of Docker on this machine.
package struct DockerFacts: Sendable, Hashable {
  /// The Engine API's version, such as `1.41` (Engine 20.10). Empty: not known now.
  package var apiVersion = ""
  package var owner = ContainerOwner(user: 1000, group: 1000)
  /// `uid:gid` of whoever runs the stack, inside of a container that runs as them.
  package var person = "0:0"
  /// TCP ports of this machine that something listens at, but for this stack's own.
  package var takenPorts: Set<UInt16> = []
  package var choices = StackChoices(network: StackNetwork(block: 0))
  package var lock = ImageLock()

  package init() {}

  /// Engine 25.0 has API 1.44.
  var hasStartInterval: Bool {
    let parts = apiVersion.split(separator: ".").compactMap { Int($0) }
    guard parts.count == 2 else { return false }
    return parts[0] > 1 || parts[1] >= 44
  }
}

/// As whom the presets' containers run, so that they can write where the stack lies.
package struct ContainerOwner: Sendable, Hashable {
  /// Inside of the container.
  package var user: UInt32
  package var group: UInt32
  /// Whether folders and secrets have to be given to that user first: only root can.
  package var changesOwner: Bool

  package init(user: UInt32, group: UInt32, changesOwner: Bool = false) {
    self.user = user
    self.group = group
    self.changesOwner = changesOwner
  }

  /// Root gives what it makes to 1000, as whom n8n's image runs; anybody else runs the containers as themselves. In rootless
  /// Docker the container's root is the person who runs it, and nobody more.
  package static func of(user: UInt32, group: UInt32, isRootless: Bool) -> ContainerOwner {
    if isRootless { return ContainerOwner(user: 0, group: 0) }
    return user == 0
      ? ContainerOwner(user: 1000, group: 1000, changesOwner: true) : ContainerOwner(user: user, group: group)
  }

  var text: String { "\(user):\(group)" }
}

/// What was chosen once for a stack on its machine and then stays: other containers and other stacks may count on it.
package struct StackChoices: Sendable, Hashable {
  package var network: StackNetwork
  /// Where the gateway listens for the stack's containers. Nil: as the settings' other ports suggest.
  package var internalPort: UInt16?
  /// The published port of each service.
  package var ports: [String: UInt16] = [:]

  package init(network: StackNetwork, internalPort: UInt16? = nil, ports: [String: UInt16] = [:]) {
    self.network = network
    self.internalPort = internalPort
    self.ports = ports
  }
}
