import Model
import Settings

/// The parts of the Caddyfile in which Caddy speaks with Leanto.
struct CaddyQuestions {
  let plan: CaddyPlan

  func write(_ writer: inout BlockWriter) {
    writer.block("(about)") { writeRequest(&$0) }
    writer.block("(bodiless)") { writer in
      // Caddy keeps the body back where this changes the request, so it has to be a target that no request has.
      writer.line("method GET")
      writer.line("rewrite /{http.request.uuid}?")
    }
    writer.block("(engine)") { writeTransport(&$0) }
    writer.block("(unread)") { writeUnread(&$0) }
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
    writer.line("header_up X-Leanto-Version {http.request.proto}")
    writer.line("header_up X-Leanto-Peer {http.request.remote.host}")
    writer.line("header_up X-Leanto-Length {http.request.header.Content-Length}")
    writer.line("header_up X-Forwarded-For {http.request.header.X-Forwarded-For}")
    writer.line("header_up X-Forwarded-Proto {http.request.header.X-Forwarded-Proto}")
    writer.line("header_up -Via")
    // Its answer decides whether the body is wanted.
    writer.line("header_up -Expect")
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

  /// A body that nobody reads ends the connection: what follows on it could be taken for a request.
  private func writeUnread(_ writer: inout BlockWriter) {
    writer.block("@length") { writer in
      writer.line("header Content-Length *")
      writer.line("not header Content-Length 0")
    }
    writer.line("@chunks header Transfer-Encoding chunked")
    writer.line("header @length Connection close")
    writer.line("header @chunks Connection close")
  }

  private static let answers = [
    ("upstream", "Upstream"), ("strip", "Strip"), ("prefix", "Prefix"), ("client", "Client"), ("proto", "Proto"),
    ("user", "User"), ("service", "Service"), ("authorization", "Drop-Authorization"), ("key", "Drop-Key"),
    ("from", "Drop-Request-From"), ("cookies", "Cookies"), ("cookie", "Cookie"), ("setcookie", "Set-Cookie"),
    ("upgrade", "Upgrade"),
  ]

  private func writeQuestion(_ writer: inout BlockWriter) {
    writer.block("reverse_proxy unix/\(plan.sockets.engine)") { writer in
      writer.line("import bodiless")
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
      // Leanto's own answers, recorded by Leanto. After some of them what follows on the connection would be in doubt.
      writer.line("@last status 400 408 413 417 431 501 505")
      writer.block("handle_response @last") { writer in
        writer.line("log_skip")
        writer.line("header Connection close")
        writer.line("copy_response")
      }
      writer.block("handle_response") { writer in
        writer.line("log_skip")
        writer.line("import unread")
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

  /// In Go's words (net/http of Caddy 2.11).
  private static let errors = [
    ("body", "chunk length|malformed chunked encoding|chunked line|chunked encoding contains|reading trailer", 400),
    ("large", "body too large", 413),
    ("slow", "i/o timeout|timeout awaiting response", 504),
  ]

  /// What Leanto says at that status, in the form that the client reads.
  private func writeErrors(_ writer: inout BlockWriter) {
    writer.block("handle_errors") { writer in
      writer.block("route") { writer in
        writer.line("import unread")
        writer.line("vars status {err.status_code}")
        // What Caddy calls a bad gateway, and is the client's fault, or the service's slowness.
        for (name, words, status) in Self.errors {
          writer.line("@\(name) `{err.message}.matches(\"\(words)\")`")
          writer.line("vars @\(name) status \(status)")
        }
        writer.block("reverse_proxy unix/\(plan.sockets.engine)") { writer in
          writer.line("import bodiless")
          writer.line("header_up X-Leanto-Ask {vars.status}")
          writer.line("import about {args[0]}")
          writer.line("import engine")
        }
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
