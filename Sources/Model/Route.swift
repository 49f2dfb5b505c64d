/// One service at one place of the gateway. Made by `Stack` from the settings, read by the gateway and by the access policy.
package struct Route: Sendable, Hashable, Codable {
  /// The service's name in the settings: what access records and messages say.
  package var service: String
  /// Lower case, without a port. Nil: every host that no other route names.
  package var host: String?
  /// Starts and ends with `/`. The longest prefix wins.
  package var prefix: String
  /// Whether the prefix is taken off before the service sees the path, and put before a root-relative `Location`.
  package var stripsPrefix: Bool
  package var target: RouteTarget
  package var authentication: RouteAuthentication
  /// Paths that need no credentials, as the client writes them (prefix included).
  package var publicPaths: [PublicPath]
  /// Cookies of other services on the same host that this one must not see.
  package var withheldCookies: [String]
  /// Paths, as the client writes them, that may upgrade to a websocket. Nil: all.
  package var upgradePaths: [String]?
  /// Prefixes, as the client writes them, of files whose names change with their content.
  package var assetPaths: [String] = []
  /// Prefixes, as the client writes them, whose answers keep the `Location` that they have: somebody's own answer, not a link.
  package var ownLocations: [String]

  package init(
    service: String, host: String? = nil, prefix: String = "/", stripsPrefix: Bool = false, target: RouteTarget,
    authentication: RouteAuthentication = .door, publicPaths: [PublicPath] = [], withheldCookies: [String] = [],
    upgradePaths: [String]? = nil, ownLocations: [String] = []
  ) {
    self.service = service
    self.host = host
    self.prefix = prefix
    self.stripsPrefix = stripsPrefix
    self.target = target
    self.authentication = authentication
    self.publicPaths = publicPaths
    self.withheldCookies = withheldCookies
    self.upgradePaths = upgradePaths
    self.ownLocations = ownLocations
  }
}

package enum RouteTarget: Sendable, Hashable, Codable {
  case upstream(Address)
  /// A page that Leanto answers itself.
  case local
  /// The model's servers, for keys alone: docs/llm.md.
  case model
}

package enum RouteAuthentication: Sendable, Hashable, Codable {
  case door
  /// Open on `local`, `lan` and `internal`; the tunnel listener asks all the same.
  case none
}

/// A path that machines reach without the door. Holds only for a request path that means the same in every reading.
package struct PublicPath: Sendable, Hashable, Codable {
  package var path: String
  /// True: the path itself or anything below it, as whole segments (`/hook` and `/hook/x`, never `/hookx`); a path that ends
  /// in `/` does not match without it.
  package var isPrefix: Bool

  package init(path: String, isPrefix: Bool) {
    self.path = path
    self.isPrefix = isPrefix
  }
}
