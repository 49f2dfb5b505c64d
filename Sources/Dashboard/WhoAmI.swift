import Model

/// Who the door took the caller for, and by which way the request came.
struct WhoAmI: Encodable {
  private var user: String?
  private var client: String
  private var listener: ListenerKind
  private var host: String?
  /// As the gateway passes them on to a service.
  private var forwarded: [String: String]

  init(_ request: LocalRequest) {
    user = request.user
    client = request.client
    listener = request.listener
    host = request.field("Host")
    forwarded = [:]
    for name in ["For", "Proto", "Host"] { forwarded[name.lowercased()] = request.field("X-Forwarded-\(name)") }
  }

  var response: LocalResponse { .json(self) }
}
