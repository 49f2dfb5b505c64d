// What no client may say: who it is, where it comes from, and that it means another target or method than the gateway read. Proxies
// and frameworks have invented many names for these; each is from the documentation of the program that believes it.

/// `.untrusted` for such a name, else `.plain`. By the first letter first: nearly every name is ruled out by it.
func forgedKind(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> FieldKind {
  let isForged =
    switch lowercased(bytes[start]) {
    case 120: count > 4 && bytes[start + 1] == 45 && isForgedX(bytes, start, count)
    // Authelia's and Tailscale's identities.
    case 114: matches(bytes, start, "remote-")
    case 116: matches(bytes, start, "tailscale-") || isWhole(bytes, start, count, "true-client-ip")
    case 99:
      matches(bytes, start, "cf-connecting-") || matches(bytes, start, "cf-access-authenticated-")
        || isWhole(bytes, start, count, "client-ip")
    case 102:
      isWhole(bytes, start, count, "forwarded") || matches(bytes, start, "forwarded-")
        || matches(bytes, start, "fastly-client-ip") || matches(bytes, start, "front-end-https")
    // Proxy: CVE-2016-5385, a CGI program takes it for its environment's HTTP_PROXY.
    case 112: isWhole(bytes, start, count, "proxy") || isWhole(bytes, start, count, "proxy-client-ip")
    case 115: matches(bytes, start, "ssl-client")
    case 119: isWhole(bytes, start, count, "wl-proxy-client-ip")
    default: false
    }
  return isForged ? .untrusted : .plain
}

/// The same for what begins with `X-`, by the letter after it.
private func isForgedX(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> Bool {
  switch lowercased(bytes[start + 2]) {
  case 97:
    matches(bytes, start, "x-auth-request-") || matches(bytes, start, "x-authenticated-") || matches(bytes, start, "x-authentik-")
      || matches(bytes, start, "x-amzn-oidc-") || isWhole(bytes, start, count, "x-accel-mapping")
  case 99:
    matches(bytes, start, "x-client-ip") || matches(bytes, start, "x-client-cert")
      || matches(bytes, start, "x-cluster-client-ip") || matches(bytes, start, "x-custom-ip-authorization")
  case 101: matches(bytes, start, "x-envoy-")
  case 102: matches(bytes, start, "x-forwarded-") || isWhole(bytes, start, count, "x-forwarded")
  case 103: matches(bytes, start, "x-goog-authenticated-user-")
  case 104:
    isWhole(bytes, start, count, "x-host") || matches(bytes, start, "x-http-host") || matches(bytes, start, "x-http-method")
  case 109:
    // X-Middleware-Subrequest: CVE-2025-29927, a framework leaves its own checks out.
    matches(bytes, start, "x-method-override") || matches(bytes, start, "x-middleware-")
      || matches(bytes, start, "x-ms-client-principal")
  case 111:
    matches(bytes, start, "x-original-") || matches(bytes, start, "x-originating-ip") || matches(bytes, start, "x-override-url")
  case 112: matches(bytes, start, "x-proxy")
  case 114:
    matches(bytes, start, "x-real-ip") || matches(bytes, start, "x-remote-") || matches(bytes, start, "x-rewrite-")
  case 115:
    isWhole(bytes, start, count, "x-scheme") || matches(bytes, start, "x-sendfile-") || matches(bytes, start, "x-ssl-")
  case 116: isWhole(bytes, start, count, "x-true-client-ip")
  case 117: isWhole(bytes, start, count, "x-url-scheme")
  case 119: matches(bytes, start, "x-webauth-")
  default: false
  }
}

@inline(__always) private func isWhole(_ bytes: Span<UInt8>, _ start: Int, _ count: Int, _ text: StaticString) -> Bool {
  count == text.utf8CodeUnitCount && matches(bytes, start, text)
}
