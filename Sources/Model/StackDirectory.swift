/// Where everything of a stack lies. Only paths; nothing is touched.
package struct StackDirectory: Sendable, Hashable {
  package var path: String

  package init(path: String) { self.path = path }

  package var settings: String { path + "/leanto.yaml" }
  /// 0700.
  package var secrets: String { path + "/secrets" }
  /// The people who may enter, in htpasswd format (0600).
  package var users: String { secrets + "/users" }
  /// Hashes of the keys of programs (0600).
  package var keys: String { secrets + "/keys" }
  /// When each was last used (0600).
  package var keyUses: String { run + "/keys-used" }
  /// What signs the sessions of people (0600).
  package var sessionKey: String { secrets + "/session-key" }
  /// Leanto's own authority and the certificate that it signed for `gateway.lan`; keys 0600.
  package var authority: String { secrets + "/authority.pem" }
  package var authorityKey: String { secrets + "/authority-key.pem" }
  package var certificate: String { secrets + "/certificate.pem" }
  package var certificateKey: String { secrets + "/certificate-key.pem" }
  /// The generated first password (0600), until it is changed.
  package var firstPassword: String { secrets + "/first-password" }
  package var run: String { path + "/run" }
  package var controlSocket: String { run + "/control.sock" }
  /// Caddy's configuration, where it is the engine; it runs in this folder.
  package var caddyfile: String { run + "/Caddyfile" }
  /// Held by the daemon; holds its process id.
  package var daemonLock: String { run + "/daemon.lock" }
  /// Held by a verb that changes the stack; holds its process id.
  package var verbLock: String { run + "/verb.lock" }
  /// Pids and start times of the processes that the daemon runs.
  package var processes: String { run + "/processes.json" }
  /// `compose` or `native`: what `runner: auto` came to the first time.
  package var runner: String { run + "/runner" }
  /// Who guessed at passwords (0600).
  package var throttle: String { run + "/throttle" }
  /// Sessions that people ended before their time (0600).
  package var endedSessions: String { run + "/ended-sessions" }
  /// What was rendered for Docker (0700).
  package var compose: String { path + "/compose" }
  package var composeFile: String { compose + "/compose.yaml" }
  /// What each image was when it was pulled.
  package var imageLock: String { compose + "/images.lock" }
  /// Ports and the network that were chosen for containers, as JSON.
  package var choices: String { compose + "/choices.json" }
  /// The account's token at the tunnel's provider (0600).
  package var tunnelToken: String { secrets + "/tunnel-token" }
  /// There as long as the tunnel is closed by `leanto tunnel down`.
  package var tunnelClosed: String { run + "/tunnel-closed" }
  /// What went through the tunnel this month (0600).
  package var tunnelUsage: String { run + "/tunnel-usage" }
  package var logs: String { path + "/logs" }
  package var daemonLog: String { logs + "/leanto.log" }
  package var accessLog: String { logs + "/access.log" }
  package func log(service: String) -> String { logs + "/\(service).log" }
  package func data(service: String) -> String { path + "/data/\(service)" }
}
