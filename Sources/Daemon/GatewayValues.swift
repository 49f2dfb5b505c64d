import Gateway
import Settings

extension GatewayConfiguration.Limits {
  init(_ limits: GatewayLimits) {
    self.init()
    head = limits.head
    body = limits.body
    connections = limits.connections
    connectionsPerAddress = limits.connectionsPerAddress
  }
}

extension GatewayConfiguration.Timeouts {
  /// Settings count in seconds, event loops in milliseconds.
  init(_ timeouts: GatewayTimeouts) {
    self.init()
    head = Int64(timeouts.head * 1000)
    idle = Int64(timeouts.idle * 1000)
    connect = Int64(timeouts.connect * 1000)
    upstream = Int64(timeouts.upstream * 1000)
    streamIdle = Int64(timeouts.streamIdle * 1000)
    drain = Int64(timeouts.drain * 1000)
  }
}
