import Model

/// The page at `/leanto/`: what runs, where it is, and a box to ask the model. It reads well without its script, which only keeps
/// the states fresh and carries the questions.
struct FrontPage {
  let status: StackStatus
  /// The Host field of the request.
  var authority: String?
  var user: String?
  /// Each question for news counts at the tunnel's provider: there are fewer by that way.
  var isByTunnel = false
  /// Seconds since 1970.
  let now: Double

  var bytes: [UInt8] {
    HTML.document {
      head
      element("body", ["data-every": isByTunnel ? "120" : "10"]) {
        header
        element("main") {
          services
          askSection
          addresses
        }
        footer
      }
    }
  }

  private var head: HTML {
    element("head") {
      void("meta", ["charset": "utf-8"])
      void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
      void("meta", ["name": "color-scheme", "content": "light dark"])
      element("title") { "\(status.name) – Leanto" }
      void("link", ["rel": "icon", "type": "image/svg+xml", "href": "icon.svg"])
      void("link", ["rel": "stylesheet", "href": "style.css"])
      element("script", ["src": "page.js", "defer": ""]) { HTML.empty }
      element("noscript") { void("meta", ["http-equiv": "refresh", "content": "30"]) }
    }
  }

  private var header: HTML {
    let summary = Summary(services: status.services)
    return element("header") {
      Mark.drawing
      element("h1") { status.name }
      element("p", ["id": "summary", "role": "status", "data-tone": summary.tone]) { summary.sentence }
      if !status.settingsProblems.isEmpty { problems }
    }
  }

  private var problems: HTML {
    element("details", ["class": "problems"]) {
      element("summary") { "leanto.yaml has problems, so the earlier settings are still in use" }
      element("ul") { HTMLBuilder.buildArray(status.settingsProblems.map { problem in element("li") { problem } }) }
    }
  }

  private var footer: HTML {
    element("footer") {
      element("p") { "Leanto \(status.version)" }
      if let user {
        element("p") {
          "Signed in as \(user) "
          element("a", ["href": SignInPath.logout]) { "Sign out" }
        }
      }
    }
  }
}

// MARK: - Services

extension FrontPage {
  private var services: HTML {
    element("section", ["class": "services", "aria-labelledby": "services-title"]) {
      element("h2", ["id": "services-title"]) { "Services" }
      if status.services.isEmpty {
        element("p", ["class": "quiet"]) { HTML.prose("None yet. Name one in leanto.yaml, then type `leanto up`.") }
      } else {
        element("ul", ["id": "services"]) { HTMLBuilder.buildArray(status.services.map(item)) }
      }
    }
  }

  private func item(_ service: ServiceStatus) -> HTML {
    element("li", ["data-name": service.name, "data-state": service.state.rawValue]) {
      element("span", ["class": "shape", "aria-hidden": "true"]) { HTML.empty }
      element("span", ["class": "name"]) {
        if let link = Destination(at: service.at, authority: authority) {
          element("a", ["href": link.href]) { service.name }
        } else {
          service.name
        }
      }
      element("span", ["class": "state"]) {
        element("span", ["class": "word"]) { service.state.word }
        " "
        element("span", ["class": "since"]) { Span.text(seconds: now - service.since) }
      }
      element("span", ["class": service.at.isEmpty ? "at quiet" : "at"]) {
        if service.at.isEmpty { "for the other services" } else { element("code") { service.at } }
      }
      element("p", ["class": "message", "hidden": service.message.isEmpty ? "" : nil]) { HTML.prose(service.message) }
    }
  }
}

// MARK: - The model

extension FrontPage {
  private var askSection: HTML {
    element("section", ["class": "ask", "aria-labelledby": "ask-title"]) {
      element("h2", ["id": "ask-title"]) { "Ask the model" }
      element("p", ["class": "quiet"]) { model }
      element("noscript") { element("p") { "The box to ask the model needs JavaScript; the rest of this page does not." } }
      askForm
      element("p", ["id": "note", "role": "alert", "hidden": ""]) { HTML.empty }
      element("article", ["id": "turn", "hidden": ""]) {
        element("h3", ["id": "question"]) { HTML.empty }
        element("div", ["id": "answer", "aria-live": "polite", "aria-labelledby": "question"]) { HTML.empty }
        element("p", ["id": "pace", "class": "quiet"]) { HTML.empty }
      }
    }
  }

  /// Hidden until the script takes it over.
  private var askForm: HTML {
    element("form", ["id": "ask", "hidden": ""]) {
      element("label", ["for": "prompt"]) { "Your question" }
      element(
        "textarea",
        ["id": "prompt", "rows": "3", "autocomplete": "off", "placeholder": "Why is the sky blue?", "aria-describedby": "keys"]
      ) { HTML.empty }
      element("div", ["class": "row"]) {
        element("p", ["id": "keys", "class": "quiet"]) {
          "Enter asks, Shift and Enter begin a new line. Each question stands alone."
        }
        element("button", ["id": "go"]) { "Ask" }
      }
    }
  }

  private var model: HTML {
    guard let model = status.model else {
      return .prose("No model answers yet. An Ollama on this machine is found by itself; `llm.address` names another server.")
    }
    let pace = model.tokensPerSecond.map { ", about \(Int($0.rounded())) tokens a second" } ?? ""
    return HTMLBuilder.buildBlock(element("strong") { model.name }, .text(pace))
  }
}

// MARK: - Addresses

extension FrontPage {
  private var addresses: HTML {
    element("section", ["class": "addresses", "aria-labelledby": "addresses-title"]) {
      element("h2", ["id": "addresses-title"]) { "Addresses" }
      element("dl") {
        HTMLBuilder.buildArray(status.listeners.map { pair($0.kind.words, $0.address) })
        if let tunnel = status.tunnel { pair("On the internet", Self.words(tunnel)) }
        if let model = status.model { pair("The model’s server", model.server) }
        pair("The stack’s folder", status.directory)
      }
    }
  }

  private static func words(_ tunnel: TunnelStatus) -> String {
    let place = tunnel.url ?? "https://\(tunnel.domain)"
    let problem = tunnel.problem.map { ": \($0.meaning)" } ?? ""
    let used = tunnel.quota?.measures.filter { $0.level > .fine }.map { "\($0.name) \($0.used) of \($0.limit ?? 0)" } ?? []
    let quota = used.isEmpty ? "" : "; this month’s \(used.joined(separator: ", "))"
    return "\(place), \(tunnel.state.rawValue)\(problem)\(quota)"
  }

  private func pair(_ name: String, _ value: String) -> HTML {
    element("div") {
      element("dt") { name }
      element("dd") { element("code") { value } }
    }
  }
}

extension ListenerKind {
  fileprivate var words: String {
    switch self {
    case .local: "From this machine"
    case .lan: "From the local network"
    case .tunnel: "For the tunnel’s agent"
    case .internal: "Between the services, without sign-in"
    case .control: "For the command line"
    case .engine: "For Caddy"
    }
  }
}
