package import Model

/// A path of the route that is not public, to try the door with. Nil: all of it is.
package func closedTarget(_ route: Route) -> String? {
  [route.prefix, route.prefix + "leanto-verify"].first { target in !route.publicPaths.contains { $0.holds(target) } }
}

/// Targets next to a public path that must not pass as it: longer and shorter names, other case, and every common spelling of a
/// way out of it.
package func lookAlikes(of path: PublicPath, in route: Route) -> [String] {
  let base = path.path.hasSuffix("/") ? String(path.path.dropLast()) : path.path
  let below = base.dropFirst(route.prefix.utf8.count)
  let plain = [
    base, base + "-leanto", base + "x/leanto", base + "/leanto", route.prefix + below.uppercased() + "/leanto",
  ]
  let crooked = [
    "/../leanto", "/%2e%2e/leanto", "/.%2e/leanto", "/%252e%252e/leanto", "/..;/leanto", "/x/..%2fleanto", "//leanto",
    "%2fleanto",
    "/..\\leanto", "/leanto%00",
  ]
  let others = plain.filter { target in !route.publicPaths.contains { $0.holds(target) } }
  return (others + crooked.map { base + $0 }).filter { $0.hasPrefix(route.prefix) }
}

extension PublicPath {
  /// For targets that can be read one way only.
  func holds(_ target: String) -> Bool {
    guard isPrefix else { return target == path }
    return path.hasSuffix("/") ? target.hasPrefix(path) : target == path || target.hasPrefix(path + "/")
  }
}
