import Model

/// What a person sees who signs in or out.
struct SignInPage {
  enum Content {
    case form(to: String, name: String, problem: String?)
    /// Asks first.
    case leave
    case left
  }

  let content: Content

  var bytes: [UInt8] {
    HTML.document {
      element("head") {
        void("meta", ["charset": "utf-8"])
        void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        void("meta", ["name": "color-scheme", "content": "light dark"])
        void("meta", ["name": "robots", "content": "noindex"])
        element("title") { title }
        HTML.style(Self.sheet)
      }
      element("body") {
        element("main") {
          element("h1") { title }
          main
        }
      }
    }
  }

  private var title: String {
    switch content {
    case .form: "Sign in"
    case .leave: "Sign out?"
    case .left: "You are signed out"
    }
  }

  private var main: HTML {
    switch content {
    case .form(let target, let name, let problem): form(target, name, problem)
    case .leave:
      element("form", ["method": "post", "action": SignInPath.logout]) { element("button") { "Sign out" } }
    case .left:
      HTMLBuilder.buildBlock(
        element("p") { "If your browser asked for the password in a box of its own, it keeps it until you close it." },
        element("p") { element("a", ["href": SignInPath.login]) { "Sign in again" } })
    }
  }

  private func form(_ target: String, _ name: String, _ problem: String?) -> HTML {
    element("form", ["method": "post", "action": SignInPath.login]) {
      if let problem { element("p", ["role": "alert"]) { problem } }
      element("label", ["for": "name"]) { "Name" }
      void(
        "input",
        [
          "id": "name", "name": "name", "value": name.isEmpty ? nil : name, "autocomplete": "username", "autocapitalize": "none",
          "spellcheck": "false", "maxlength": "64", "required": "", "autofocus": name.isEmpty ? "" : nil,
        ])
      element("label", ["for": "password"]) { "Password" }
      void(
        "input",
        [
          "id": "password", "name": "password", "type": "password", "autocomplete": "current-password", "maxlength": "72",
          "required": "", "autofocus": name.isEmpty ? nil : "",
        ])
      void("input", ["type": "hidden", "name": "to", "value": target])
      element("button") { "Sign in" }
    }
  }

  private static let sheet: StaticString = """
    *{box-sizing:border-box}body{margin:0;font:1rem/1.6 system-ui,sans-serif;background:#faf9f6;color:#1d1c19}\
    main{max-width:22rem;margin:14vh auto 0;padding:0 1.5rem}h1{font:500 1.9rem/1.2 Georgia,serif;margin:0 0 1.5rem}\
    label{display:block;margin:0 0 .25rem}input{width:100%;margin:0 0 1rem;padding:.55rem .7rem;font:inherit;color:inherit;\
    background:#fff;border:1px solid #8b8679;border-radius:.4rem}button{width:100%;padding:.6rem;font:inherit;cursor:pointer;\
    background:#2c6150;color:#fff;border:1px solid transparent;border-radius:.4rem}\
    :focus-visible{outline:3px solid #2c6150;outline-offset:2px}p{margin:0 0 1rem}p[role=alert]{color:#b3261e}a{color:inherit}\
    @media(prefers-color-scheme:dark){body{background:#171613;color:#ebe8e1}input{background:#1f1e1a;border-color:#837e72}\
    button{background:#8fc7b0;color:#10231b}:focus-visible{outline-color:#8fc7b0}p[role=alert]{color:#f4978e}}
    """
}
