import Model

extension WhoAmI {
  /// Who the door took the caller for, and by which way the request came, as a service would see it.
  init(_ request: LocalRequest) {
    self.init(
      user: request.user, client: request.client, proto: request.field("X-Forwarded-Proto"),
      host: request.field("X-Forwarded-Host"), listener: request.listener.rawValue)
  }

  var response: LocalResponse { .json(self) }
}
