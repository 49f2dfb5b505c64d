import Model
import TestSupport
import Testing

@testable import Gateway

@Suite("The route table")
struct RouteTableTests {
  private static let table = RouteTable(
    [
      route("root", "/"), route("n8n", "/n8n/"), route("deep", "/n8n/deep/er/"), route("notes", "/", host: "notes.localhost"),
      route("inside", "/inside/", host: "notes.localhost"), route("only", "/only/", host: "only.example"),
      route("v6", "/", host: "[::1]"),
    ])

  @Test(
    "takes the longest prefix of whole segments, on the host that was named",
    arguments: [
      ("a", "/", "root"), ("a", "/x", "root"), ("a", "/n8n/", "n8n"), ("a", "/n8n/x?y", "n8n"), ("a", "/n8nx/", "root"),
      ("a", "/n8n-x", "root"),
      ("a", "/n8n//", "n8n"), ("a", "/N8N/", "root"), ("a", "/n8n/deep/er/", "deep"), ("a", "/n8n/deep/er/x", "deep"),
      ("a", "/n8n/deep/e", "n8n"),
      ("a", "/n8n/deep/erx", "n8n"), ("a", "//n8n/", "root"), ("a", "/x?/n8n/", "root"), ("a", "/?/n8n/", "root"),
      ("a", "/n8%6e/", "root"),
      ("a", "/./n8n/", "root"), ("a", "", "root"), ("a", "?x", "root"), ("", "/n8n/", "n8n"), ("A:8080", "/n8n/", "n8n"),
      ("notes.localhost", "/", "notes"), ("NOTES.localhost:8080", "/x", "notes"), ("notes.localhost.", "/n8n/", "notes"),
      ("notes.localhost", "/inside/x", "inside"), ("notes.localhost", "", "notes"), ("notes.localhostx", "/inside/", "root"),
      ("xnotes.localhost", "/", "root"), ("only.example", "/only/x", "only"), ("only.example", "/other", "none"),
      ("only.example", "/", "none"),
      ("only.example", "?x", "none"), ("[::1]:8080", "/", "v6"), ("*", "*", "none"), ("a", "*", "none"),
    ])
  func find(host: String, path: String, service: String) { #expect(found(Self.table, host, path) == service) }

  @Test(
    "tells a path that lacks only the last slash",
    arguments: [
      ("a", "/n8n", "slash"), ("a", "/n8n?x=/", "slash"), ("a", "/n8n/deep/er", "slash"), ("a", "/n8n/deep/er?", "slash"),
      ("a", "/n8n/deep", "n8n"),
      ("notes.localhost", "/inside", "slash"), ("a", "/inside", "root"), ("a", "/n8n#", "root"),
      ("only.example", "/only", "slash"),
      ("notes.localhost", "/n8n", "notes"),
    ])
  func slash(host: String, path: String, service: String) { #expect(found(Self.table, host, path) == service) }

  @Test("without routes finds nothing")
  func empty() {
    let table = RouteTable([])
    for path in ["", "/", "/a", "?", "*"] { #expect(found(table, "a", path) == "none") }
  }

  @Test("takes off the prefix without its last slash, and only where the route says so")
  func stripping() {
    let table = RouteTable([route("n8n", "/n8n/", strips: true), route("whole", "/whole/"), route("root", "/", strips: true)])
    #expect(table.entries.map(\.strippedPrefix) == [4, 0, 0])
    #expect(table.entries.map(\.locationPrefix) == [octets("/n8n"), [], []])
  }

  @Test("finds each of 1,000 routes, and nothing beside them")
  func thousand() {
    let routes = (0..<1000).map { i in
      i % 2 == 0 ? route("s\(i)", "/service-\(i)/api/") : route("s\(i)", "/", host: "host-\(i).example")
    }
    let table = RouteTable(routes)
    for i in 0..<1000 {
      let (host, path) = i % 2 == 0 ? ("any", "/service-\(i)/api/x") : ("host-\(i).example", "/service-0/api/x")
      if found(table, host, path) != "s\(i)" { Issue.record("route \(i)") }
      if found(table, host, "/service-\(i)/ap/") != (i % 2 == 0 ? "none" : "s\(i)") { Issue.record("beside route \(i)") }
    }
    #expect(found(table, "any", "/service-0/api") == "slash")
  }

  @Test("agrees with a plain search over random routes and paths", arguments: 0..<4)
  func model(seed: Int) {
    var random = SeededRandom(state: UInt64(seed) + 9)
    let segments = ["a", "b", "ab", "A", ""]
    let hosts = [nil, "h", "i.h"]
    for _ in 0..<100 {
      var routes: [Route] = []
      for i in 0..<random.below(8) {
        let prefix = "/" + (0..<random.below(4)).map { _ in random.oneOf(segments) + "/" }.joined()
        let host = random.oneOf(hosts)
        if !routes.contains(where: { $0.prefix == prefix && $0.host == host }) {
          routes.append(route("s\(i)", prefix, host: host))
        }
      }
      let table = RouteTable(routes)
      for _ in 0..<50 {
        let path =
          "/" + (0..<random.below(5)).map { _ in random.oneOf(segments) }.joined(separator: "/")
          + random.oneOf(["", "/", "?q", "/?a/"])
        let host = random.oneOf(["h", "H:1", "i.h.", "x"])
        let wanted = slowly(routes, host, path)
        if found(table, host, path) != wanted {
          return fail("\(host)\(path) of \(routes.map { ($0.host ?? "*") + $0.prefix })")
        }
      }
    }
  }

  /// Every route is looked at.
  private func slowly(_ routes: [Route], _ authority: String, _ target: String) -> String {
    var name = authority.lowercased()
    if let colon = name.firstIndex(of: ":") { name = String(name[..<colon]) }
    if name.hasSuffix(".") { name.removeLast() }
    let onHost = routes.contains { $0.host == name } ? name : nil
    let candidates = routes.filter { $0.host == onHost }
    let path = String(target.prefix { $0 != "?" })
    if !path.hasSuffix("/"), candidates.contains(where: { $0.prefix == path + "/" }) { return "slash" }
    let best = candidates.filter { path.hasPrefix($0.prefix) }.max { $0.prefix.utf8.count < $1.prefix.utf8.count }
    return best?.service ?? "none"
  }
}

private func route(_ service: String, _ prefix: String, host: String? = nil, strips: Bool = false) -> Route {
  Route(service: service, host: host, prefix: prefix, stripsPrefix: strips, target: .local)
}

extension RouteTable {
  fileprivate init(_ routes: [Route]) { self.init(routes, service: { _ in 0 }, upstream: { _ in -1 }) }
}

private func found(_ table: RouteTable, _ host: String, _ path: String) -> String {
  // Bytes before and behind must not matter.
  let bytes = octets("/n8n/" + host + " " + path + "/n8n/")
  let hostRange = 5..<5 + host.utf8.count
  let pathRange = hostRange.upperBound + 1..<hostRange.upperBound + 1 + path.utf8.count
  return switch table.find(bytes.span, host: hostRange, path: pathRange) {
  case .none: "none"
  case .slashMissing: "slash"
  case .entry(let index): table.entries[index].route.service
  }
}
