/// The Linux that runs on Windows.
package enum WSLChecks {
  /// `first`: the name of process 1.
  package static func findings(_ facts: HostFacts, first: String) -> [Finding] {
    switch facts.kind {
    case .linux: [Finding("wsl", .skipped, "This is no WSL.")]
    case .wsl1:
      [
        Finding(
          "wsl", .problem,
          "This is WSL 1, which has no kernel of its own: containers, and much of the network, do not work in it.",
          commands: ["wsl --set-version <distribution> 2 (in Windows; its name: wsl --list --verbose)"])
      ]
    case .wsl(let mode): [network(mode), systemd(first)]
    }
  }

  private static func network(_ mode: HostKind.Networking) -> Finding {
    let words =
      switch mode {
      case .nat: "NAT: Windows is another machine, at the default gateway"
      case .mirrored: "mirrored: 127.0.0.1 is shared with Windows"
      case .other: "one that shares Windows' network"
      }
    return Finding("wsl", .ok, "This is WSL 2; its networking mode is \(words).")
  }

  private static func systemd(_ first: String) -> Finding {
    guard first != "systemd" else { return Finding("wsl-systemd", .ok, "systemd runs this WSL: services can start with it.") }
    return Finding(
      "wsl-systemd", .warning, "No systemd runs in this WSL (process 1 is \(first)): nothing starts with it, Docker included.",
      commands: ["printf '[boot]\\nsystemd=true\\n' | sudo tee -a /etc/wsl.conf", "wsl --shutdown (in Windows)"])
  }
}
