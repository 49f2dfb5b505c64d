import Model
import Settings

extension UnitText {
  /// What the daemon and the services below it may not do. Measured with `systemd-analyze security`.
  var sandbox: [String] {
    [
      "# What is closed", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "AmbientCapabilities=", "ProtectSystem=strict",
      "ReadWritePaths=\(Self.quoted(directory.path))",
    ] + home + [
      "TemporaryFileSystem=/tmp:mode=1777 /var/tmp:mode=1777", "PrivateMounts=yes", "PrivateDevices=yes", "DevicePolicy=closed",
      "ProtectKernelTunables=yes",
      "ProtectKernelModules=yes",
      "ProtectKernelLogs=yes", "ProtectControlGroups=yes", "ProtectClock=yes", "ProtectHostname=yes", "ProtectProc=invisible",
      "RemoveIPC=yes", "KeyringMode=private",
    ] + common + [
      "# What is left open, and why",
      "# PrivateNetwork, IPAddressDeny: it is a gateway; its services ask models and the internet.",
      "# AF_INET, AF_INET6, AF_UNIX, AF_NETLINK: its sockets; Node and glibc ask by netlink which addresses there are.",
      "# MemoryDenyWriteExecute: Node and Python's models make code as they run.",
      "# ProcSubset=pid: services read /proc/meminfo and the like, and the supervisor who has a port.",
      "# RootDirectory: the services' programs lie anywhere on the machine.",
      "# PrivateUsers: a daemon in another user namespace could not look at what an earlier one started, and so not adopt it;",
      "#   and Docker's socket is opened by a group.",
      "# PrivateTmp: systemd empties it when the daemon is killed, and the services go on; a /tmp in memory is theirs as long as they run.",
      "# setpriority: Swift's threads order themselves by it.",
    ]
  }

  /// For a user's own manager, which may not change the file system's view without user namespaces.
  var userSandbox: [String] {
    [
      "# What is closed. A user's manager cannot do more everywhere; a system unit is narrower.", "NoNewPrivileges=yes",
    ] + common
  }

  private var common: [String] {
    [
      "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK", "RestrictNamespaces=yes", "RestrictRealtime=yes",
      "RestrictSUIDSGID=yes", "LockPersonality=yes", "SystemCallArchitectures=native", "SystemCallErrorNumber=EPERM",
      "SystemCallFilter=@system-service", "SystemCallFilter=~@privileged @resources",
      "SystemCallFilter=setpriority",
    ]
  }

  /// A stack in somebody's home is the one thing that is seen of the homes.
  private var home: [String] {
    let homes = ["/home/", "/root/", "/run/user/"]
    let inside = [directory.path + "/", machine.program].filter { path in homes.contains { path.hasPrefix($0) } }
    guard !inside.isEmpty else { return ["ProtectHome=yes"] }
    return ["ProtectHome=tmpfs"]
      + (homes.contains { directory.path.hasPrefix($0) } ? ["BindPaths=\(Self.quoted(directory.path))"] : [])
      + (homes.contains { machine.program.hasPrefix($0) } ? ["BindReadOnlyPaths=\(Self.quoted(machine.program))"] : [])
  }
}
