package import Model

/// How to see whether a service has an owner and, where it takes none from its environment, how to become it. The first visitor of
/// n8n and of Flowise becomes its owner, so the daemon carries this out as soon as the service is healthy.
///
/// Send `check`. When the body of the answer holds `unclaimed`, send `claim` and expect `claimedStatus`; without a `claim` the
/// service should have claimed itself, and that is a failure to tell. A body with neither mark is a failure too.
package struct ClaimPlan: Sendable, Hashable {
  package struct Request: Sendable, Hashable {
    package var method: String
    /// On the service itself, without the gateway's prefix.
    package var path: String
    /// Sent as `application/json` when not empty. May hold a password: never log it.
    package var body: [UInt8]

    package init(method: String, path: String, body: [UInt8] = []) {
      self.method = method
      self.path = path
      self.body = body
    }
  }

  package var service: String
  package var address: Address
  package var check: Request
  /// In the body while nobody owns the service.
  package var unclaimed: String
  /// In the body once somebody does.
  package var claimed: String
  package var claim: Request?
  package var claimedStatus: Int
  package var account: OwnerAccount

  package init(
    service: String, address: Address, check: Request, unclaimed: String, claimed: String, claim: Request?,
    claimedStatus: Int = 201, account: OwnerAccount
  ) {
    self.service = service
    self.address = address
    self.check = check
    self.unclaimed = unclaimed
    self.claimed = claimed
    self.claim = claim
    self.claimedStatus = claimedStatus
    self.account = account
  }
}

/// How a person signs in to the service itself, behind the door.
package struct OwnerAccount: Sendable, Hashable {
  package var email: String
  /// Name of the file in `secrets/` that holds the password.
  package var passwordSecret: String

  package init(email: String, passwordSecret: String) {
    self.email = email
    self.passwordSecret = passwordSecret
  }
}
