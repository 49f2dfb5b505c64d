import Testing

@testable import Operations

@Suite("What a host says of itself")
struct HostFactsTests {
  static let wslKernel =
    "Linux version 5.15.153.1-microsoft-standard-WSL2 (root@941d701f84f1) #1 SMP Fri Mar 29 23:14:13 UTC 2024"

  static let kinds: [(kernel: String, mode: String?, interfaces: [String], HostKind)] = [
    ("Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org)", nil, ["lo", "eth0"], .linux),
    (wslKernel, "nat", ["lo", "eth0"], .wsl(.nat)), (wslKernel, "mirrored", ["lo", "eth0"], .wsl(.mirrored)),
    (wslKernel, "virtioproxy", ["lo", "eth0"], .wsl(.other)), (wslKernel, nil, ["lo", "eth0"], .wsl(.nat)),
    (wslKernel, nil, ["lo", "loopback0", "eth0"], .wsl(.mirrored)),
    ("Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com)", nil, [], .wsl1),
  ]

  @Test("Linux, both versions of WSL and its networking modes are told apart", arguments: kinds)
  func kind(kernel: String, mode: String?, interfaces: [String], kind: HostKind) {
    var facts = HostFacts()
    (facts.kernel, facts.networkingMode, facts.interfaces) = (kernel, mode, interfaces)
    #expect(facts.kind == kind)
  }

  /// As this file looks in a WSL of version 2: Windows is 172.28.112.1.
  static let wslRoutes = """
    Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
    eth0\t00000000\t01701CAC\t0003\t0\t0\t0\t00000000\t0\t0\t0
    eth0\t00701CAC\t00000000\t0001\t0\t0\t0\t00F0FFFF\t0\t0\t0
    docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
    """

  @Test("The default gateway and the networks are read from the kernel's table")
  func routes() {
    let table = RouteTable(Self.wslRoutes)
    #expect(table.defaultGateway == "172.28.112.1")
    #expect(table.network(of: "172.28.112.1") == "172.28.112.0/20")
    #expect(table.network(of: "172.17.0.5") == "172.17.0.0/16")
    #expect(table.interface(to: "172.17.0.5") == "docker0")
    #expect(table.network(of: "8.8.8.8") == nil && table.network(of: "no address") == nil)
    #expect(RouteTable("").defaultGateway == nil && RouteTable("x\ny z").entries.isEmpty)
  }

  @Test("Of two default routes the one with the lower metric counts")
  func metrics() {
    let head = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"
    let text = head + "wlan0 00000000 FE01A8C0 0003 0 0 600 00000000 0 0 0\neth0 00000000 0101A8C0 0003 0 0 100 00000000 0 0 0\n"
    #expect(RouteTable(text).defaultGateway == "192.168.1.1")
  }

  @Test(
    "OLLAMA_HOST is read as Ollama reads it",
    arguments: [
      ("0.0.0.0", "http://127.0.0.1:11434"), ("0.0.0.0:9000", "http://127.0.0.1:9000"),
      ("192.168.1.5", "http://192.168.1.5:11434"),
      ("http://192.168.1.5", "http://192.168.1.5:80"), ("https://gpu.example/x", "https://gpu.example:443"),
      (":9000", "http://127.0.0.1:9000"),
      (" \"gpu:9000\" ", "http://gpu:9000"), ("gpu:ninety", "http://gpu:11434"), ("[::1]:9", "http://[::1]:9"),
      ("[::]", "http://127.0.0.1:11434"),
      ("::1", "http://[::1]:11434"),
    ])
  func ollamaHost(text: String, address: String) { #expect(OllamaHost(text).address == address) }

  @Test("Hosts that listen on a port are read from the kernel's tables")
  func listening() {
    let head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    let rows = [
      "   0: 0100007F:2CAA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0",
      "   1: 00000000:2CAA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0",
      "   2: 0100007F:2CAA 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 100 0 0 10 0",
      "   3: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4 1 0 100 0 0 10 0",
      "   4: 00000000000000000000000000000000:2CAA 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 5",
      "   5: 00000000000000000000000001000000:2CAA 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 6",
    ]
    let hosts = ListeningSockets.hosts(inTable: head + rows.joined(separator: "\n"), port: 11434)
    #expect(hosts == ["127.0.0.1", "0.0.0.0", "::", "::1"])
    #expect(hosts.map(ListeningSockets.isLoopback) == [true, false, false, true])
  }

  @Test("Neighbours that nobody answers for are known")
  func neighbours() {
    let text = """
      IP address       HW type     Flags       HW address            Mask     Device
      192.0.2.1        0x1         0x2         02:00:00:00:00:01     *        eth0
      192.0.2.77       0x1         0x0         00:00:00:00:00:00     *        eth0
      """
    #expect(NeighbourTable.absent(text) == ["192.0.2.77"])
  }

  @Test(
    "Times of model servers are read",
    arguments: [
      ("2026-11-23T07:30:12.740486606Z", 1_795_419_012.0), ("2026-11-23T08:30:12+01:00", 1_795_419_012),
      ("1970-01-01T00:00:00Z", 0),
      ("2000-02-29T12:00:00.5Z", 951_825_600), ("2026-11-23T00:30:12-07:00", 1_795_419_012),
    ])
  func moments(text: String, seconds: Double) { #expect(Moment.seconds(text) == seconds) }

  @Test(
    "What is no time is none",
    arguments: ["", "yesterday", "2026-11-23", "2026-13-23T07:30:12Z", "2026-11-23T07:30:12", "2026-11-2aT07:30:12Z"])
  func noMoments(text: String) { #expect(Moment.seconds(text) == nil) }
}
