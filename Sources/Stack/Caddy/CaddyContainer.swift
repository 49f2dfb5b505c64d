import Model

/// Caddy out of its image, where there is none in PATH and Docker runs the services anyway.
///
/// In this machine's own network: it listens where the settings say, sees who connects, and reaches services at the addresses that
/// Leanto names. What it can touch is the `run` folder. Attached to its command, which passes signals on, so that it is started, ended
/// and watched as any other process; one that a killed command left behind is removed first.
package struct CaddyContainer: Sendable, Hashable {
  package var name: String
  /// `uid:gid` of whoever runs the stack: its sockets are for their owner alone.
  package var user: String

  package init(stack: String, user: String) {
    name = "leanto-\(stack)-gateway"
    self.user = user
  }

  /// `docker`: its path. Ends with the program inside of the container.
  func command(_ docker: String, in directory: StackDirectory) -> [String] {
    let place = "/run/leanto"
    let run = [
      docker, "run", "--rm", "--name", name, "--network", "host", "--pull", "missing", "--user", user, "--read-only",
      "--cap-drop", "ALL",
      // The image's program asks for it, and would not start without.
      "--cap-add", "NET_BIND_SERVICE", "--security-opt", "no-new-privileges", "--log-driver", "none",
      "--env", "XDG_CONFIG_HOME=\(place)/caddy", "--env", "XDG_DATA_HOME=\(place)/caddy",
      "--mount", "type=bind,source=\(directory.run),target=\(place)", "--workdir", place, CaddyPlan.image, "caddy",
    ]
    return ["/bin/sh", "-c", #"name=$1; shift; "$1" rm -f "$name" >/dev/null 2>&1; exec "$@""#, "sh", name] + run
  }
}
