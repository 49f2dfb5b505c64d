package import Model

/// The keys of programs: `StackDirectory.keys`. Names, services and verbs are checked by the verbs before.
package struct KeyAccess: Sendable {
  package var list: @Sendable (_ stack: StackDirectory) throws -> [KeyFacts]
  /// Returns the key, which is kept nowhere. Nil: the name is taken.
  package var add: @Sendable (_ stack: StackDirectory, _ name: String, _ scope: KeyScope) throws -> String?
  /// False: there is no such key.
  package var revoke: @Sendable (_ stack: StackDirectory, _ name: String) throws -> Bool

  package init(
    list: @escaping @Sendable (StackDirectory) throws -> [KeyFacts],
    add: @escaping @Sendable (StackDirectory, String, KeyScope) throws -> String?,
    revoke: @escaping @Sendable (StackDirectory, String) throws -> Bool
  ) {
    self.list = list
    self.add = add
    self.revoke = revoke
  }
}

/// What may be shown of a key. Seconds since 1970.
package struct KeyFacts: Sendable, Hashable, Codable {
  package var name: String
  /// Its first characters.
  package var begins: String
  package var service: String
  /// Empty: all.
  package var verbs: [String]
  package var expires: Double?
  package var made: Double
  package var lastUsed: Double?
  /// Such as `60/min`; nil: any.
  package var rate: String?
  /// Empty: all.
  package var models: [String]
  /// That the model read for it, and that it made.
  package var promptTokens: UInt64
  package var generatedTokens: UInt64

  package init(
    name: String, begins: String, service: String, verbs: [String], expires: Double?, made: Double, lastUsed: Double?,
    rate: String? = nil, models: [String] = [], promptTokens: UInt64 = 0, generatedTokens: UInt64 = 0
  ) {
    self.name = name
    self.begins = begins
    self.service = service
    self.verbs = verbs
    self.expires = expires
    self.made = made
    self.lastUsed = lastUsed
    self.rate = rate
    self.models = models
    self.promptTokens = promptTokens
    self.generatedTokens = generatedTokens
  }
}
