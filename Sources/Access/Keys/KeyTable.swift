internal import Model

/// The keys of one moment, found by their hash: the cost of a look-up does not grow with their number.
struct KeyTable: Sendable {
  struct Key: Sendable, Equatable {
    var identity: UserIdentity
    var shown: String
    var service: String
    /// A bit a verb.
    var verbs: UInt16
    var expires: UInt32
    /// Nil: as often as it likes.
    var meter: KeyMeter?

    static func == (left: Key, right: Key) -> Bool {
      (left.identity, left.shown, left.service, left.verbs, left.expires)
        == (right.identity, right.shown, right.service, right.verbs, right.expires) && left.meter === right.meter
    }
  }

  private var keys: [CredentialKey: Key] = [:]
  /// By identity: the models of keys that may not use all.
  private var models: [Int32: Set<String>] = [:]

  init() {}

  /// `identity`: of the name under which records show the key. `meter`: that of before, where there is one.
  init(_ file: KeyFile, identity: ([UInt8]) -> UserIdentity, meter: (KeyFile.Key) -> KeyMeter?) {
    for key in file.keys {
      guard let hash = hexadecimalBytes(key.hash[...]).flatMap({ CredentialKey(bytes: $0) }) else { continue }
      let verbs = key.verbs.compactMap { KeyFile.knownVerbs.firstIndex(of: $0) }.reduce(0 as UInt16) { $0 | 1 << UInt16($1) }
      let identity = identity(Array("key:\(key.name)".utf8))
      keys[hash] = Key(
        identity: identity, shown: key.shown, service: key.service, verbs: key.verbs.isEmpty ? .max : verbs,
        expires: key.expires ?? .max, meter: meter(key))
      if !key.models.isEmpty { models[identity.index] = Set(key.models) }
    }
  }

  /// A key that lives in memory for a while.
  mutating func add(_ hash: CredentialKey, _ key: Key) { keys[hash] = key }

  /// Nil: all.
  func models(of identity: Int32) -> Set<String>? { models[identity] }

  var isEmpty: Bool { keys.isEmpty }

  /// `value`: as it was sent. Hashes it once.
  func find(_ value: Span<UInt8>) -> Key? {
    guard !keys.isEmpty, value.count == APIKey.length else { return nil }
    return keys[APIKey.hash(value)]
  }
}

/// What is known of a key that came with a request.
enum KeyState: Sendable, Hashable {
  /// Nothing that is meant as a key of ours.
  case none
  case right(UserIdentity)
  /// Of another service, or for other verbs.
  case outOfScope
  /// Meant as ours: there is none such, or it is over.
  case unknown
  /// Right, and used more often than it may be.
  case tooOften(seconds: Int)

  init(_ key: KeyTable.Key?, service: String, verb: RequestVerb, now: UInt32) {
    guard let key, now < key.expires else {
      self = .unknown
      return
    }
    self = key.service == service && key.verbs & verb.bit != 0 ? .right(key.identity) : .outOfScope
  }
}

extension RequestVerb {
  var bit: UInt16 { 1 << UInt16(rawValue) }
}
