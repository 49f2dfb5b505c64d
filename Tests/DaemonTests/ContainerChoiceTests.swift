import Model
import Testing

@testable import Daemon

@Suite("What is free on this machine")
struct ContainerChoiceTests {
  /// As /proc/net/route has it: addresses and masks with their last byte first.
  private static let routes = """
    Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
    eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
    docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
    br-1\t0007530A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
    odd line
    """

  @Test("A network that this machine has a way to is not taken; the default route is no such way")
  func routes() {
    let routes = HostRoutes.parse(Self.routes)
    #expect(routes.count == 3)
    #expect(routes.contains { $0.overlaps(block: 7) })
    #expect(!routes.contains { $0.overlaps(block: 8) })
    #expect(HostRoutes(destination: 0x0A00_0000, mask: 0xFF00_0000).overlaps(block: 200))
    #expect(HostRoutes(destination: 0x0A53_0980, mask: 0xFFFF_FF80).overlaps(block: 9))
  }

  @Test("Ports that somebody listens at are found, connections are not")
  func ports() {
    let table = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0
         1: 0100007F:1F91 0100007F:A000 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0
      """
    #expect(ListeningPorts.parse(table) == [8080])
    #expect(ListeningPorts.parse("") == [])
  }
}

@Suite("Nobody reaches a service before it is ready and owned")
struct AdmissionGateTests {
  private func status(_ state: ServiceState, _ name: String = "n8n") -> ServiceStatus {
    ServiceStatus(name: name, state: state, since: 0)
  }

  private func gate(claims: Set<String> = []) -> AdmissionGate {
    var gate = AdmissionGate()
    gate.use(guarded: ["n8n"], claims: claims)
    return gate
  }

  @Test("It is closed from the first moment, and open once it is healthy")
  func opens() {
    var gate = gate()
    #expect(gate.withheld == ["n8n"])
    gate.see([status(.starting)])
    #expect(gate.withheld == ["n8n"])
    gate.see([status(.healthy)])
    #expect(gate.withheld.isEmpty)
  }

  @Test("With an owner to be claimed it stays closed until that is done")
  func claimed() {
    var gate = gate(claims: ["n8n"])
    gate.see([status(.healthy)])
    #expect(gate.withheld == ["n8n"])
    #expect(gate.shown(status(.healthy)).state == .starting)
    gate.claimed("n8n")
    gate.see([status(.healthy)])
    #expect(gate.withheld.isEmpty)
    #expect(gate.shown(status(.healthy)).state == .healthy)
  }

  @Test("One that cannot be claimed is shown as ill, with the reason")
  func refused() {
    var gate = gate(claims: ["n8n"])
    gate.see([status(.healthy)])
    gate.couldNotClaim("n8n", "answered 500")
    #expect(gate.shown(status(.healthy)).state == .unhealthy)
    #expect(gate.shown(status(.healthy)).message == "answered 500")
  }

  @Test("When it starts again it is closed again", arguments: [ServiceState.starting, .waiting, .backingOff, .stopped])
  func closes(_ state: ServiceState) {
    var gate = gate()
    gate.see([status(.healthy)])
    gate.see([status(state)])
    #expect(gate.withheld == ["n8n"])
  }

  @Test("One that was ready and is ill now is left to itself, and one that never was stays closed")
  func ill() {
    var gate = gate()
    gate.see([status(.unhealthy)])
    #expect(gate.withheld == ["n8n"])
    gate.see([status(.healthy)])
    gate.see([status(.unhealthy)])
    #expect(gate.withheld.isEmpty)
  }

  @Test("A reload closes nothing that is open, and forgets what is no longer there")
  func reload() {
    var gate = gate(claims: ["n8n"])
    gate.claimed("n8n")
    gate.see([status(.healthy)])
    gate.use(guarded: ["n8n", "flowise"], claims: ["n8n", "flowise"])
    #expect(gate.withheld == ["flowise"])
    gate.use(guarded: ["n8n"], claims: ["n8n"])
    #expect(gate.withheld.isEmpty)
    gate.see([status(.starting, "other")])
    #expect(gate.withheld.isEmpty)
  }
}
