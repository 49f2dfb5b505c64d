/// OLLAMA_HOST as Ollama reads it: `[scheme://]host[:port][/path]` (envconfig/config.go).
package struct OllamaHost: Sendable, Hashable {
  package var scheme: String
  package var host: String
  package var port: UInt16

  package init(_ text: String) {
    var rest = Substring(Self.unquoted(text))
    scheme = "http"
    port = 11434
    if let slashes = rest.firstRange(of: "://") {
      scheme = String(rest[..<slashes.lowerBound])
      rest = rest[slashes.upperBound...]
      port = scheme == "https" ? 443 : scheme == "http" ? 80 : 11434
    }
    rest = rest.prefix { $0 != "/" }
    (host, port) = Self.split(rest, usual: port)
    if host.isEmpty { host = "127.0.0.1" }
  }

  private static func split(_ text: Substring, usual: UInt16) -> (String, UInt16) {
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      let port = UInt16(text[text.index(after: end)...].dropFirst())
      return (String(text[text.index(after: text.startIndex)..<end]), port ?? usual)
    }
    guard let colon = text.lastIndex(of: ":"), !text[..<colon].contains(":") else { return (String(text), usual) }
    // A port that is no number is Ollama's default, with a warning.
    return (String(text[..<colon]), UInt16(text[text.index(after: colon)...]) ?? usual)
  }

  private static func unquoted(_ text: String) -> String {
    var rest = Substring(text)
    for unwanted in [" \t\n", "\"'"] {
      while let first = rest.first, unwanted.contains(first) { rest.removeFirst() }
      while let last = rest.last, unwanted.contains(last) { rest.removeLast() }
    }
    return String(rest)
  }

  private var isUnspecified: Bool { host == "0.0.0.0" || host == "::" }

  package var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

  /// Where to connect from this host: an unspecified address is meant for listening.
  package var address: String {
    let host = isUnspecified ? "127.0.0.1" : host
    return "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
  }
}
