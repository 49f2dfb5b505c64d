import Glibc
import TestSupport

/// A proxy beside Leanto with what its makers set by default, in front of the same upstream.
struct Peer: Sendable {
  let name: String
  let port: UInt16
  /// Kept so that it runs for as long as the peer is used.
  let process: EngineProcess

  /// Those that are installed (Benchmarks/install-peers), started.
  static func start(_ upstream: UInt16) throws -> [Peer] {
    try all.compactMap { peer in
      guard let program = peer.programs.first(where: { unsafe access($0, X_OK) == 0 }) else { return nil }
      let folder = try ScratchFolder("peer")
      let port = try WireSocket.freePort()
      // Lives on with the process, whose folder it is.
      let path = unsafe Unmanaged.passRetained(folder).takeUnretainedValue().path
      unsafe chmod(path, 0o755)
      try folder.write(peer.file, peer.settings(port, upstream, path), mode: 0o644)
      let command = [program] + peer.arguments("\(path)/\(peer.file)")
      let started = Peer(name: peer.name, port: port, process: try EngineProcess(command, folder: path))
      try started.waitUntilReady()
      return started
    }
  }

  static var names: [String] { all.map(\.name) }

  private func waitUntilReady() throws {
    let deadline = Deadline.patient
    while (try? WireSocket.connect(port: port)) == nil {
      if let status = process.exitStatus(.seconds(0.02)) { throw NotStarted(why: "\(name): exit \(status): \(process.output)") }
      guard !deadline.isPast else { throw NotStarted(why: "\(name) does not listen: \(process.output)") }
    }
  }

  private struct Kind: Sendable {
    var name: String
    var programs: [String]
    var file: String
    var arguments: @Sendable (String) -> [String]
    var settings: @Sendable (_ port: UInt16, _ upstream: UInt16, _ folder: String) -> String
  }

  private static let all = [
    Kind(name: "nginx", programs: ["/usr/sbin/nginx"], file: "nginx.conf", arguments: { ["-c", $0] }, settings: nginx),
    Kind(
      name: "HAProxy", programs: ["/usr/sbin/haproxy"], file: "haproxy.cfg", arguments: { ["-db", "-f", $0] }, settings: haproxy),
    Kind(
      name: "Caddy", programs: ["build/peers/bin/caddy", "/usr/bin/caddy"], file: "Caddyfile",
      arguments: { ["run", "--adapter", "caddyfile", "--config", $0] }, settings: caddy),
  ]

  @Sendable private static func nginx(_ port: UInt16, _ upstream: UInt16, _ folder: String) -> String {
    """
    daemon off; worker_processes 1; pid \(folder)/pid; error_log \(folder)/error.log; events { worker_connections 512; }
    http {
      access_log off; client_body_temp_path \(folder)/b; proxy_temp_path \(folder)/p; fastcgi_temp_path \(folder)/f;
      uwsgi_temp_path \(folder)/u; scgi_temp_path \(folder)/s;
      server { listen 127.0.0.1:\(port); location / {
        proxy_pass http://127.0.0.1:\(upstream); proxy_http_version 1.1; proxy_set_header Connection "";
        proxy_set_header Host $http_host; proxy_request_buffering off;
      } }
    }
    """
  }

  @Sendable private static func haproxy(_ port: UInt16, _ upstream: UInt16, _ folder: String) -> String {
    """
    defaults
      mode http
      timeout connect 5s
      timeout client 20s
      timeout server 20s
    frontend door
      bind 127.0.0.1:\(port)
      default_backend service
    backend service
      server one 127.0.0.1:\(upstream)

    """
  }

  @Sendable private static func caddy(_ port: UInt16, _ upstream: UInt16, _ folder: String) -> String {
    """
    {
      admin off
      auto_https off
      persist_config off
    }
    http://:\(port) {
      bind 127.0.0.1
      reverse_proxy 127.0.0.1:\(upstream)
    }

    """
  }
}
