import HTTP
import Model

/// Routes as one event loop uses them: compiled to bytes, found by hash. The cost of a look-up grows with the segments of the
/// path, not with the number of routes.
struct RouteTable {
  struct Entry {
    var route: Route
    var host: [UInt8]
    var prefix: [UInt8]
    /// Bytes to take off the path: the prefix without its last slash.
    var strippedPrefix: Int
    var locationPrefix: [UInt8]
    var withheldCookies: [[UInt8]]
    var upgradePaths: [[UInt8]]?
    var ownLocations: [[UInt8]]
    /// What another engine is told of this route.
    var engineFields: [UInt8]
    /// Index into the loop's services; for records.
    var service: Int32
    /// Index into the loop's upstreams; -1: a page of Leanto's own, or the model's gate.
    var upstream: Int32
    /// The service is not ready: requests are asked to come again.
    var isWithheld = false
    var isGate = false
  }

  enum Match {
    case entry(Int)
    /// The path lacks the slash that the service's prefix ends with.
    case slashMissing
    case none
  }

  private(set) var entries: [Entry]
  private var byPlace: [UInt64: Int] = [:]
  private var hosts: [UInt64: [UInt8]] = [:]
  private var longestPrefix = 1

  init(_ routes: [Route], service: (String) -> Int32, upstream: (RouteTarget) -> Int32) {
    entries = routes.map { route in
      let bare = Array(route.prefix.utf8.dropLast())
      return Entry(
        route: route, host: Array((route.host ?? "").utf8), prefix: Array(route.prefix.utf8),
        strippedPrefix: route.stripsPrefix ? bare.count : 0, locationPrefix: route.stripsPrefix ? bare : [],
        withheldCookies: (SessionCookie.names + route.withheldCookies).map { Array($0.utf8) },
        upgradePaths: route.upgradePaths?.map { Array($0.utf8) }, ownLocations: route.ownLocations.map { Array($0.utf8) },
        engineFields: EngineAnswer.fields(of: route),
        service: service(route.service), upstream: upstream(route.target),
        isGate: route.target == .model)
    }
    for (index, entry) in entries.enumerated() {
      let host = Self.hash(entry.host.span, 0..<entry.host.count, lowercase: true)
      if !entry.host.isEmpty { hosts[host] = entry.host }
      byPlace[Self.place(entry.host.isEmpty ? 0 : host, Self.hash(entry.prefix.span, 0..<entry.prefix.count))] = index
      longestPrefix = max(longestPrefix, entry.prefix.count)
    }
    addOwnPages()
  }

  /// Leanto's own pages are at every host, also where a service has the whole of it: people sign in there.
  private mutating func addOwnPages() {
    let prefix = Array("/leanto/".utf8)
    guard let own = entries.firstIndex(where: { $0.upstream < 0 && $0.host.isEmpty && $0.prefix == prefix }) else { return }
    for host in hosts.keys {
      let place = Self.place(host, Self.hash(prefix.span, prefix.indices))
      if byPlace[place] == nil { byPlace[place] = own }
    }
  }

  mutating func withhold(_ services: Set<String>) {
    for index in entries.indices { entries[index].isWithheld = services.contains(entries[index].route.service) }
  }

  /// Whether a route is about this very host.
  func knows(host authority: Range<Int>, _ bytes: Span<UInt8>) -> Bool { hostKey(bytes, authority) != 0 }

  /// `path` may have a query.
  func find(_ bytes: Span<UInt8>, host authority: Range<Int>, path: Range<Int>) -> Match {
    let host = hostKey(bytes, authority)
    if path.isEmpty || bytes[path.lowerBound] == 63 { return root(host) }
    var hash = Self.seed
    var best = -1
    var end = path.lowerBound
    let limit = min(path.upperBound, path.lowerBound + longestPrefix)
    while end < limit, bytes[end] != 63 {
      hash = (hash ^ UInt64(bytes[end])) &* Self.prime
      end &+= 1
      if bytes[end - 1] == 47, let index = entry(host, hash, bytes, path.lowerBound..<end) { best = index }
    }
    if isEnd(bytes, path, end), end > path.lowerBound, bytes[end - 1] != 47 {
      hash = (hash ^ 47) &* Self.prime
      if let index = byPlace[Self.place(host, hash)], isPrefixWithoutSlash(entries[index].prefix, bytes, path.lowerBound..<end) {
        return .slashMissing
      }
    }
    return best < 0 ? .none : .entry(best)
  }

  /// A target without a path means `/`.
  private func root(_ host: UInt64) -> Match {
    let hash = (Self.seed ^ 47) &* Self.prime
    guard let index = byPlace[Self.place(host, hash)], entries[index].prefix == [47] else { return .none }
    return .entry(index)
  }

  private func isEnd(_ bytes: Span<UInt8>, _ path: Range<Int>, _ end: Int) -> Bool {
    end == path.upperBound || bytes[end] == 63
  }

  private func hostKey(_ bytes: Span<UInt8>, _ authority: Range<Int>) -> UInt64 {
    guard !hosts.isEmpty else { return 0 }
    let name = hostName(bytes, authority)
    let hash = Self.hash(bytes, name, lowercase: true)
    guard let known = hosts[hash], Self.same(known, bytes, name, lowercase: true) else { return 0 }
    return hash
  }

  private func entry(_ host: UInt64, _ hash: UInt64, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    // A hash can be made to collide: the bytes decide.
    guard let index = byPlace[Self.place(host, hash)], Self.same(entries[index].prefix, bytes, range) else { return nil }
    return index
  }

  private func isPrefixWithoutSlash(_ prefix: [UInt8], _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    prefix.count == range.count + 1 && Self.same(Array(prefix.dropLast()), bytes, range)
  }

  private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325
  private static let prime: UInt64 = 0x100_0000_01B3

  private static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>, lowercase: Bool = false) -> UInt64 {
    var hash = seed
    for i in range {
      let byte = bytes[i]
      let folded = lowercase && byte &- 65 <= 25 ? byte | 0x20 : byte
      hash = (hash ^ UInt64(folded)) &* prime
    }
    return hash
  }

  private static func place(_ host: UInt64, _ prefix: UInt64) -> UInt64 { (host &* 31) ^ prefix }

  private static func same(_ known: [UInt8], _ bytes: Span<UInt8>, _ range: Range<Int>, lowercase: Bool = false) -> Bool {
    guard known.count == range.count else { return false }
    for i in known.indices {
      let byte = bytes[range.lowerBound + i]
      let folded = lowercase && byte &- 65 <= 25 ? byte | 0x20 : byte
      guard folded == known[i] else { return false }
    }
    return true
  }
}
