/// Credentials that were seen to be right (or seen to be nobody's), by their keyed hash. Bounded: a new entry takes the place of an
/// earlier one where its four places are taken. Finding allocates nothing.
struct CredentialTable: Sendable {
  struct Entry: Sendable, Equatable {
    var key: CredentialKey
    var identity: UserIdentity
    /// Nanoseconds of the policy's clock. 0: never.
    var expires: UInt64
  }

  private static let ways = 4
  private var entries: [Entry]
  private let mask: Int
  private var nextWay = 0
  private static let none = Entry(key: CredentialKey(), identity: .nobody, expires: 0)

  /// `capacity`: a power of two, at least 4.
  init(capacity: Int) {
    precondition(capacity >= Self.ways && capacity & (capacity - 1) == 0)
    entries = Array(repeating: Self.none, count: capacity)
    mask = capacity - 1
  }

  func find(_ key: CredentialKey) -> Entry? {
    let first = key.place & mask & ~(Self.ways - 1)
    for index in first..<first + Self.ways where entries[index].key == key { return entries[index] }
    return nil
  }

  mutating func insert(_ entry: Entry) {
    let first = entry.key.place & mask & ~(Self.ways - 1)
    let places = first..<first + Self.ways
    let free = places.first { entries[$0].key == entry.key } ?? places.first { entries[$0] == Self.none }
    nextWay = (nextWay + 1) % Self.ways
    entries[free ?? first + nextWay] = entry
  }

  /// Returns what was taken out.
  @discardableResult
  mutating func removeAll(where isGone: (UserIdentity) -> Bool = { _ in true }) -> [Entry] {
    var gone: [Entry] = []
    for index in entries.indices where entries[index] != Self.none && isGone(entries[index].identity) {
      gone.append(entries[index])
      entries[index] = Self.none
    }
    return gone
  }
}
