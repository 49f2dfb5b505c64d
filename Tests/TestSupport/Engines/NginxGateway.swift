internal import Glibc

/// nginx with a configuration that comes as near to the rules as its directives allow.
struct NginxGateway: GatewayUnderTest {
  let ports: GatewayPorts
  let process: EngineProcess
  private let folder: String

  init(_ plan: GatewayPlan, _ ports: GatewayPorts, _ folder: String) throws {
    (self.ports, self.folder) = (ports, folder)
    unsafe chmod(folder, 0o755)
    try writeText(GatewayPlan.users, to: folder + "/users", mode: 0o644)
    try writeText(Self.configuration(plan, ports, folder), to: folder + "/nginx.conf")
    process = try EngineProcess(
      ["/usr/sbin/nginx", "-p", folder, "-e", folder + "/error.log", "-c", folder + "/nginx.conf"], folder: folder)
  }

  func reload(_ plan: GatewayPlan) throws {
    let before = Self.loads(folder)
    try writeText(Self.configuration(plan, ports, folder), to: folder + "/nginx.conf")
    process.signal(SIGHUP)
    let deadline = Deadline.patient
    while Self.loads(folder) == before {
      guard !deadline.isPast else { throw WireError.timedOut("nginx to reload") }
      usleep(10_000)
    }
  }

  func drain() { process.signal(SIGQUIT) }

  // Old workers go on accepting until they say this.
  private static func loads(_ folder: String) -> Int {
    (readText(folder + "/error.log") ?? "").split(separator: "\n").count { $0.contains("gracefully shutting down") }
  }

  private static func configuration(_ plan: GatewayPlan, _ ports: GatewayPorts, _ folder: String) -> String {
    """
    daemon off;
    worker_processes 1;
    worker_shutdown_timeout \(plan.drainTimeout)s;
    pid \(folder)/nginx.pid;
    error_log \(folder)/error.log notice;
    events { worker_connections 4096; }
    http {
      access_log off;
      server_names_hash_max_size 4096;
      server_names_hash_bucket_size 128;
      client_body_temp_path \(folder)/body; proxy_temp_path \(folder)/proxy; fastcgi_temp_path \(folder)/fastcgi;
      uwsgi_temp_path \(folder)/uwsgi; scgi_temp_path \(folder)/scgi;
      client_header_buffer_size 1k;
      large_client_header_buffers 4 \(plan.headLimit / 1024)k;
      client_max_body_size \(plan.bodyLimit / 1024)k;
      client_header_timeout \(plan.headTimeout)s;
      keepalive_timeout \(plan.idleTimeout)s;
      proxy_connect_timeout \(plan.connectTimeout)s;
      proxy_read_timeout \(plan.upstreamTimeout)s;
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_http_version 1.1;
      ignore_invalid_headers off;
      merge_slashes off;
      map $http_upgrade $upgrade { default ""; websocket upgrade; }
      map $http_authorization $passed { default $http_authorization; ~*^basic ""; }
      map $http_x_forwarded_for $agent { default ""; ~([^,\\s]+)$ $1; }

    """ + plan.services.map { "  upstream \($0.name) { server 127.0.0.1:\($0.port) max_fails=0; keepalive 16; }\n" }.joined()
      + servers(plan, ports) + "}\n"
  }

  private static func servers(_ plan: GatewayPlan, _ ports: GatewayPorts) -> String {
    let byPath = plan.services.filter { $0.at.hasPrefix("/") }
    return [("local", ports.local), ("tunnel", ports.tunnel), ("internal", ports.internal)].map { kind, port in
      let hosts = plan.services.filter { !$0.at.hasPrefix("/") }
      return server("listen 127.0.0.1:\(port) default_server; server_name _;", byPath.map { ($0, $0.at) }, kind)
        + hosts.map { server("listen 127.0.0.1:\(port); server_name \($0.at);", [($0, "/")], kind) }.joined()
    }.joined()
  }

  private static func server(_ listen: String, _ places: [(GatewayPlan.Service, String)], _ kind: String) -> String {
    let locations = places.flatMap { service, prefix in
      [location(service, prefix, prefix, kind, asks: kind == "tunnel" || (kind == "local" && service.asks))]
        + service.publicPaths.map { location(service, prefix + $0.dropFirst(), prefix, kind, asks: false) }
    }
    let other = places.contains { $0.1 == "/" } ? "" : "    location / { return 404; }\n"
    return "  server { \(listen)\n" + locations.joined() + other + "  }\n"
  }

  private static func location(_ service: GatewayPlan.Service, _ path: String, _ prefix: String, _ kind: String, asks: Bool)
    -> String
  {
    let door = asks ? "auth_basic door; auth_basic_user_file users;" : ""
    // A path after the address strips the prefix, but has nginx write the target anew.
    let rest = prefix == "/" ? "" : "/" + path.dropFirst(prefix.count)
    let client = kind == "tunnel" ? "$agent" : "$remote_addr"
    let proto = kind == "tunnel" ? "$http_x_forwarded_proto" : "$scheme"
    return """
          location \(path) { \(door)
            proxy_pass http://\(service.name)\(rest);
            proxy_set_header Host $http_host; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $upgrade;
            proxy_set_header Authorization \(asks ? "$passed" : "$http_authorization");
            proxy_set_header X-Forwarded-For \(client); proxy_set_header X-Forwarded-Proto \(proto);
            proxy_set_header X-Forwarded-Host $http_host; proxy_set_header Forwarded ""; proxy_set_header X-Real-IP "";
          }

      """
  }
}
