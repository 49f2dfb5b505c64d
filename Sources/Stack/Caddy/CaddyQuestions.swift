import Model
import Settings

/// The parts of the Caddyfile in which Caddy speaks with Leanto.
struct CaddyQuestions {
  let plan: CaddyPlan

  func write(_ writer: inout BlockWriter) {
    writer.block("(about)") { writeRequest(&$0) }
    writer.block("(engine)") { writeTransport(&$0) }
    writer.block("(question)") { writeQuestion(&$0) }
    writer.block("(page)") { writePage(&$0) }
    writer.block("(errors)") { writeErrors(&$0) }
  }

  /// The request as it came. What a client says of itself under these names is overwritten; fields of Forwarded kind, which Caddy
  /// replaces, are put back: whom to believe is Leanto's to say.
  private func writeRequest(_ writer: inout BlockWriter) {
    writer.line("header_up X-Leanto-Listener {args[0]}")
    writer.line("header_up X-Leanto-Method {http.request.orig_method}")
    writer.line("header_up X-Leanto-Target {http.request.orig_uri}")
    writer.line("header_up X-Leanto-Peer {http.request.remote.host}")
    writer.line("header_up X-Leanto-Length {http.request.header.Content-Length}")
    writer.line("header_up X-Forwarded-For {http.request.header.X-Forwarded-For}")
    writer.line("header_up X-Forwarded-Proto {http.request.header.X-Forwarded-Proto}")
    writer.line("header_up -Via")
  }

  private func writeTransport(_ writer: inout BlockWriter) {
    writer.line("flush_interval -1")
    writer.block("transport http") { writer in
      writer.line("versions 1.1")
      writer.line("compression off")
      writer.line("dial_timeout 2s")
      // Before Leanto closes it.
      writer.line("keepalive \(duration(min(30, plan.timeouts.idle / 2)))")
      writer.line("keepalive_idle_conns_per_host 512")
    }
  }

  private static let answers = [
    ("upstream", "Upstream"), ("strip", "Strip"), ("prefix", "Prefix"), ("client", "Client"), ("proto", "Proto"),
    ("user", "User"), ("service", "Service"), ("authorization", "Drop-Authorization"), ("key", "Drop-Key"),
    ("from", "Drop-Request-From"), ("cookies", "Cookies"), ("cookie", "Cookie"), ("setcookie", "Set-Cookie"),
  ]

  private func writeQuestion(_ writer: inout BlockWriter) {
    writer.block("reverse_proxy unix/\(plan.sockets.engine)") { writer in
      writer.line("method GET")
      writer.line("rewrite /")
      writer.line("header_up X-Leanto-Ask decide")
      writer.line("import about {args[0]}")
      writer.line("import engine")
      writer.line("@service header X-Leanto-Pass service")
      writer.block("handle_response @service") { writer in
        writer.block("vars") { writer in
          for (variable, name) in Self.answers { writer.line("\(variable) {rp.header.X-Leanto-\(name)}") }
        }
        writer.line("log_append listener {args[0]}")
        for name in ["client", "user", "service"] { writer.line("log_append \(name) {vars.\(name)}") }
      }
      writer.line("@page header X-Leanto-Pass page")
      writer.block("handle_response @page") { writer in
        writer.line("vars page yes")
        writer.line("log_skip")
      }
      // Leanto's own answer, recorded by Leanto.
      writer.block("handle_response") { writer in
        writer.line("log_skip")
        writer.line("copy_response")
      }
    }
  }

  private func writePage(_ writer: inout BlockWriter) {
    writer.line("@page vars page yes")
    writer.block("reverse_proxy @page unix/\(plan.sockets.engine)") { writer in
      writer.line("header_up X-Leanto-Ask page")
      writer.line("import about {args[0]}")
      writer.line("import engine")
    }
  }

  /// What Leanto says at that status, in the form that the client reads.
  private func writeErrors(_ writer: inout BlockWriter) {
    writer.block("handle_errors") { writer in
      writer.block("reverse_proxy unix/\(plan.sockets.engine)") { writer in
        writer.line("method GET")
        writer.line("rewrite /")
        writer.line("header_up X-Leanto-Ask {err.status_code}")
        writer.line("import about {args[0]}")
        writer.line("import engine")
      }
    }
  }
}

/// Lines and nested blocks, indented as `caddy fmt` does.
struct BlockWriter {
  private(set) var text = ""
  private var depth = 0

  mutating func line(_ line: String) {
    text += String(repeating: "\t", count: depth) + line + "\n"
  }

  mutating func block(_ name: String, _ body: (inout BlockWriter) -> Void) {
    if depth == 0, !text.isEmpty { text += "\n" }
    line(name.isEmpty ? "{" : name + " {")
    depth += 1
    body(&self)
    depth -= 1
    line("}")
  }
}
