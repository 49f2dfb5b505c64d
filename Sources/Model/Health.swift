/// What one probe of a service came to. The words go after the service's name: "answered 502 instead of 200".
package enum ProbeResult: Sendable, Hashable {
  case passed
  case failed(String)
  /// It could not be checked, because of this machine's own network or names. Says nothing about the service.
  case unknown(String)
}

/// What is asked about a service's health: made by who runs it, answered by who watches it.
package struct HealthQuestion: Sendable {
  package var service: NativeService
  /// Whether this is the first question since it was started (or first watched): what was known before does not count.
  package var isFirst: Bool
  package var sinceStart: Duration

  package init(service: NativeService, isFirst: Bool, sinceStart: Duration) {
    self.service = service
    self.isFirst = isFirst
    self.sinceStart = sinceStart
  }
}

/// What the probes of a service amount to so far.
package struct HealthReport: Sendable, Hashable {
  package enum Health: Sendable, Hashable { case starting, healthy, unhealthy }

  package var health: Health
  /// Why; empty when it is healthy.
  package var message: String
  /// When to ask again. Nil: there is nothing new to see until it is started again.
  package var next: Duration?

  package init(health: Health, message: String = "", next: Duration?) {
    self.health = health
    self.message = message
    self.next = next
  }
}

/// Thrown by what reaches the outside for a probe, where the fault is this machine's: no network, no name server.
package struct CannotCheck: Error, Hashable {
  package var reason: String

  package init(_ reason: String) { self.reason = reason }
}
