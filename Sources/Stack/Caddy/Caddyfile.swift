import Model
import Settings

/// The Caddyfile, rendered. One site a listener, by port and `bind`: a site address with a host name would answer every other host
/// with an empty 200.
///
/// A request runs through `(gateway)`: the question; a page of Leanto's, when that is the answer; the head changed as the answer
/// says; the service. No matcher of Caddy's looks at a path: it would look at a decoded one.
struct Caddyfile {
  let plan: CaddyPlan

  var text: String {
    var writer = BlockWriter()
    writer.line("# Written by leanto from leanto.yaml: a change here is lost with the next `leanto up`.")
    writeOptions(&writer)
    CaddyQuestions(plan: plan).write(&writer)
    writer.block("(service)") { writeForwarding(&$0) }
    writeGateway(&writer)
    for listener in plan.listeners { writeSite(listener, &writer) }
    return writer.text
  }

  private func writeOptions(_ writer: inout BlockWriter) {
    writer.block("") { writer in
      writer.line("admin unix/\(plan.sockets.admin)|0600")
      writer.line("persist_config off")
      writer.line("auto_https off")
      writer.block("log") { writer in
        writer.line("output stderr")
        writer.line("format json")
        writer.line("level WARN")
      }
      writer.block("servers") { writer in
        writer.line("protocols h1")
        // An answer may come before its request is complete.
        writer.line("enable_full_duplex")
        writer.line("max_header_size \(plan.limits.head)B")
        writer.block("timeouts") { writer in
          writer.line("read_header \(duration(plan.timeouts.head))")
          writer.line("idle \(duration(plan.timeouts.idle))")
        }
      }
    }
  }

  private func writeGateway(_ writer: inout BlockWriter) {
    writer.block("(gateway)") { writer in
      writeLog(&writer)
      writer.block("route") { writer in
        writer.line("import question {args[0]}")
        writer.line("import page {args[0]}")
        writeHead(&writer)
        writeService(&writer)
      }
      writer.line("import errors {args[0]}")
    }
  }

  /// To Leanto, which writes it into its own log. Fields may hold keys, queries tokens: neither is told.
  private func writeLog(_ writer: inout BlockWriter) {
    writer.block("log") { writer in
      writer.block("output net unix/\(plan.sockets.records)") { $0.line("soft_start") }
      writer.block("format filter") { writer in
        writer.line("request>headers delete")
        writer.line("resp_headers delete")
        writer.line(#"request>uri regexp "\?.*" "?...""#)
        writer.line("wrap json")
      }
    }
  }

  /// What Leanto's own engine changes of a head. Caddy itself drops every field with an underscore.
  private func writeHead(_ writer: inout BlockWriter) {
    // A length that is announced is Leanto's to judge.
    writer.line("@chunked header Transfer-Encoding chunked")
    writer.block("request_body @chunked") { $0.line("max_size \(plan.limits.body)B") }
    writer.line("@noupgrade not vars upgrade yes")
    writer.line("request_header @noupgrade -Upgrade")
    // By the escaped path, so that nothing is decoded on the way.
    for depth in 1...plan.depth {
      writer.line("@strip\(depth) vars strip \(depth)")
      writer.line("uri @strip\(depth) path_regexp ^\(String(repeating: "/[^/]+", count: depth)) \"\"")
    }
    for name in Self.untrusted { writer.line("request_header -\(name)") }
    for (variable, name) in [("authorization", "Authorization"), ("key", "X-API-Key"), ("from", "X-Request-From")] {
      writer.line("@\(variable) vars \(variable) yes")
      writer.line("request_header @\(variable) -\(name)")
    }
    writer.line("@cookies vars cookies changed")
    writer.line("request_header @cookies Cookie {vars.cookie}")
    writer.line("@nocookies vars cookies none")
    writer.line("request_header @nocookies -Cookie")
    writer.line("@setcookie not vars setcookie \"\"")
    writer.line("header @setcookie +Set-Cookie {vars.setcookie}")
  }

  /// As HTTP/FieldKind.swift has them.
  private static let untrusted = [
    "X-Leanto-*", "X-Forwarded-*", "X-Original-*", "X-Auth-Request-*", "Forwarded", "X-Real-IP", "Remote-User", "Remote-Email",
    "Remote-Groups", "X-Remote-User", "X-Rewrite-URL", "X-Authenticated-User", "True-Client-IP", "CF-Connecting-IP",
  ]

  private func writeService(_ writer: inout BlockWriter) {
    writer.line("@upgrade vars upgrade yes")
    writer.block("reverse_proxy @upgrade {vars.upstream}") { writer in
      writer.line("import service")
      // A new configuration ends no websocket.
      writer.line("stream_close_delay 24h")
    }
    writer.block("reverse_proxy {vars.upstream}") { writer in
      writer.line("import service")
      // Nobody asked for another protocol: Caddy would answer an empty 200.
      writer.line("@switched status 101")
      writer.block("handle_response @switched") { $0.line("error 502") }
    }
  }

  private func writeForwarding(_ writer: inout BlockWriter) {
    writer.line("header_up X-Forwarded-For {vars.client}")
    writer.line("header_up X-Forwarded-Proto {vars.proto}")
    // X-Forwarded-Host is the request's Host by itself.
    writer.line("header_up -Via")
    // `/x` is `/prefix/x` for the client; what has the prefix already keeps it once.
    writer.line("header_down Location ^/([^/].*)?$ {vars.prefix}/$1")
    writer.line("header_down Location ^({vars.prefix}){vars.prefix}(/.*)?$ $1$2")
    writer.line("flush_interval -1")
    writer.block("transport http") { writer in
      writer.line("versions 1.1")
      writer.line("compression off")
      writer.line("dial_timeout \(duration(plan.timeouts.connect))")
      writer.line("response_header_timeout \(duration(plan.timeouts.upstream))")
      writer.line("read_timeout \(duration(max(plan.timeouts.streamIdle, plan.timeouts.upstream)))")
      writer.line("max_response_header 64KiB")
      // n8n and Flowise close after five.
      writer.line("keepalive 4s")
      writer.line("keepalive_idle_conns_per_host 256")
    }
  }

  private func writeSite(_ listener: Listener, _ writer: inout BlockWriter) {
    let (port, bind) =
      switch listener.address {
      case .tcp(let host, let port): (port, host)
      // The port says nothing then.
      case .unix(let path): (80, "unix/\(path)|0600")
      }
    writer.block(":\(port)") { writer in
      writer.line("bind \(bind)")
      writer.line("import gateway \(listener.kind.rawValue)")
    }
  }
}

/// Caddy's notation; it knows no fraction of a millisecond.
func duration(_ seconds: Double) -> String { "\(Int((seconds * 1000).rounded()))ms" }
