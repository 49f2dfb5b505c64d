import Model
import Settings

/// The unit's file. What is left open says why, in the file itself: whoever hardens further should know what breaks.
struct UnitText {
  let settings: StackSettings
  let directory: StackDirectory
  let machine: UnitPlan.Machine

  private var isSystem: Bool { machine.scope == .system }

  var text: String {
    [unit, service, isSystem ? sandbox : userSandbox, install, marks].map { $0.joined(separator: "\n") + "\n" }
      .joined(separator: "\n")
  }

  private var unit: [String] {
    let waits = ["Wants=network-online.target", "After=network-online.target nss-lookup.target docker.service"]
    return [
      "# Written by leanto service install: changes are lost with the next one. Put yours into a drop-in:",
      "#   systemctl \(isSystem ? "" : "--user ")edit leanto-\(settings.name)",
      "[Unit]", "Description=Leanto stack \(settings.name)",
    ] + (isSystem ? waits : []) + [
      "# Tried again for minutes, not for ever: leanto up starts it anew when its reason is gone.",
      "StartLimitIntervalSec=10min", "StartLimitBurst=200",
    ]
  }

  private var service: [String] {
    let account =
      isSystem
      ? ["User=\(machine.user)", "Group=\(machine.user)"] + (machine.dockerGroup ? ["SupplementaryGroups=docker"] : []) : []
    return [
      "[Service]", "Type=notify", "NotifyAccess=main",
      "ExecStart=\(Self.quoted(machine.program)) serve --stack \(Self.quoted(directory.path))",
      "ExecReload=/bin/kill -HUP $MAINPID", "WorkingDirectory=\(Self.path(directory.path))",
    ] + account + credentials + [
      "Restart=always", "RestartSec=200ms", "# Settings with problems stay wrong until somebody mends them.",
      "RestartPreventExitStatus=2 3",
      "# Every event loop, the supervisor and the main actor must answer within this, or the daemon is started anew.",
      "WatchdogSec=30s", "TimeoutStartSec=90s", "TimeoutAbortSec=5s",
      "# Requests that run (gateway.timeouts.drain), then the services, then the rest.", "TimeoutStopSec=\(stopSeconds)s",
      "# The daemon ends its services itself. When it is killed they go on, and the next one adopts them.", "KillMode=process",
      "# A service that takes all memory is restarted alone.", "OOMPolicy=continue", "LimitNOFILE=524288", "TasksMax=8192",
      "SyslogIdentifier=leanto-\(settings.name)", "UMask=0077",
    ]
  }

  private var credentials: [String] {
    isSystem ? machine.credentials.map { "LoadCredential=\($0):\(Self.path(directory.secrets + "/" + $0))" } : []
  }

  /// Presets may take 40 s to stop, and dependents stop one after the other.
  private var stopSeconds: Int { Int(settings.gateway.timeouts.drain) + 90 }

  private var install: [String] { ["[Install]", "WantedBy=\(isSystem ? "multi-user.target" : "default.target")"] }

  private var marks: [String] {
    ["[X-Leanto]", "Stack=\(directory.path)"] + (machine.madeUser ? ["MadeUser=yes"] : [])
      + (machine.madeLinger ? ["MadeLinger=yes"] : [])
  }

  // MARK: Words

  /// systemd.syntax(7): double quotes, C-style escapes, `%` and `$` doubled.
  static func quoted(_ text: String) -> String {
    let escaped = text.map { character -> String in
      switch character {
      case "\"", "\\": "\\\(character)"
      case "%": "%%"
      case "$": "$$"
      default: String(character)
      }
    }.joined()
    return "\"\(escaped)\""
  }

  /// A setting that takes one path to the line's end.
  static func path(_ text: String) -> String {
    text.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
  }
}
