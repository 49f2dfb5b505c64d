/// Names a user for as long as the policy lives, also after the user is gone: an index into its list of names.
struct UserIdentity: Sendable, Hashable {
  var index: Int32

  static let nobody = UserIdentity(index: -1)
  /// Whoever holds a probe pass.
  static let probe = UserIdentity(index: 0)
}

/// The users of one moment, ready to be asked.
struct UserTable: Sendable {
  private struct User: Sendable, Equatable {
    var identity: UserIdentity
    var hash: BcryptHash
  }

  private var users: [[UInt8]: User] = [:]
  private var hashes: [BcryptHash] = []
  /// By identity. Grows with every name that is new: an identity once given stays.
  private(set) var names: [[UInt8]] = [Array("leanto-verify".utf8)]
  /// Where each is in `names`, but for the first.
  private var places: [[UInt8]: Int32] = [:]

  var count: Int { users.count }
  var all: [(name: [UInt8], identity: UserIdentity, hash: BcryptHash)] {
    users.map { ($0.key, $0.value.identity, $0.value.hash) }
  }

  func user(_ name: [UInt8]) -> (identity: UserIdentity, hash: BcryptHash)? { users[name].map { ($0.identity, $0.hash) } }

  /// What an unknown name is checked against, in vain: the hash of one of the users, the same one for the same name, so that an
  /// unknown name takes the time that some user's takes, whatever their costs. `place`: any number that the name alone decides.
  func decoy(place: Int) -> BcryptHash {
    guard !hashes.isEmpty else { return BcryptHash.nobody }
    return hashes[(place & .max) % hashes.count]
  }

  /// Takes over the users of `file`. Returns those whose credentials no longer count: gone, or with another hash.
  mutating func update(from file: UserFile) -> Set<UserIdentity> {
    let earlier = users
    users = [:]
    hashes = file.users.map(\.hash)
    for user in file.users {
      users[user.name] = User(identity: earlier[user.name]?.identity ?? identity(of: user.name), hash: user.hash)
    }
    return Set(earlier.filter { users[$0.key] != $0.value }.map(\.value.identity))
  }

  mutating func identity(of name: [UInt8]) -> UserIdentity {
    if let known = places[name] { return UserIdentity(index: known) }
    let index = Int32(names.count)
    names.append(name)
    places[name] = index
    return UserIdentity(index: index)
  }
}
