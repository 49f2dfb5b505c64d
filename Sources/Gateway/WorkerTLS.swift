import HTTP
import Model
import Transport

// What is different where connections are encrypted: next to nothing, for Transport opens and seals.

extension Worker {
  /// New connections of `lan` get the certificate of the configuration at hand; those that are open keep theirs.
  mutating func secureListeners() {
    guard let context = configuration.tls else { return }
    for (number, listener) in listeners where listener.kind == .lan { transport.secure(listener: number, with: context) }
  }

  /// Somebody typed `http://` with the port of TLS. The answer goes out in the clear, as the question came.
  mutating func refusePlaintext(_ id: ConnectionID) {
    let usual = configuration.answers[400]
    configuration.answers[400] = configuration.plaintextAnswer ?? usual
    refuse(id, status: 400)
    configuration.answers[400] = usual
  }
}
