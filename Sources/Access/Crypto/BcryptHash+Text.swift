extension BcryptHash {
  /// As it stands in a users' file.
  package var string: String { String(decoding: text, as: UTF8.self) }
}
