package import Model
package import Settings

/// The certificate of `gateway.lan`.
package struct CertificateAccess: Sendable {
  /// Nil: none was made yet.
  package var show: @Sendable (_ stack: StackDirectory, _ settings: StackSettings) throws -> CertificateFacts?
  /// Makes what is missing; `anew`: another authority and certificate in place of those that are there.
  package var make: @Sendable (_ stack: StackDirectory, _ settings: StackSettings, _ anew: Bool) throws -> CertificateFacts
  /// Another certificate of the same authority.
  package var renew: @Sendable (_ stack: StackDirectory, _ settings: StackSettings) throws -> CertificateFacts
  /// What is wrong with files that the settings name: the settings' key and a sentence.
  package var problem: @Sendable (_ stack: StackDirectory, _ settings: StackSettings) -> (path: String, message: String)?

  package init(
    show: @escaping @Sendable (StackDirectory, StackSettings) throws -> CertificateFacts?,
    make: @escaping @Sendable (StackDirectory, StackSettings, Bool) throws -> CertificateFacts,
    renew: @escaping @Sendable (StackDirectory, StackSettings) throws -> CertificateFacts,
    problem: @escaping @Sendable (StackDirectory, StackSettings) -> (path: String, message: String)?
  ) {
    self.show = show
    self.make = make
    self.renew = renew
    self.problem = problem
  }
}

/// What is shown of a certificate. Times in seconds since 1970.
package struct CertificateFacts: Sendable, Hashable, Codable {
  /// The settings name it; otherwise Leanto made it.
  package var isUsers: Bool
  package var names: [String]
  package var issuer: String
  package var validFrom: Int
  package var validUntil: Int
  /// SHA-256.
  package var fingerprint: String
  /// Nil for the user's own.
  package var authority: Authority?
  /// It was made just now.
  package var isNew = false

  package struct Authority: Sendable, Hashable, Codable {
    package var file: String
    package var validUntil: Int
    package var fingerprint: String
    /// For the devices that shall believe it. It is no secret.
    package var pem: String

    package init(file: String, validUntil: Int, fingerprint: String, pem: String) {
      self.file = file
      self.validUntil = validUntil
      self.fingerprint = fingerprint
      self.pem = pem
    }
  }

  package init(
    isUsers: Bool, names: [String], issuer: String, validFrom: Int, validUntil: Int, fingerprint: String, authority: Authority?,
    isNew: Bool = false
  ) {
    self.isUsers = isUsers
    self.names = names
    self.issuer = issuer
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.fingerprint = fingerprint
    self.authority = authority
    self.isNew = isNew
  }
}
