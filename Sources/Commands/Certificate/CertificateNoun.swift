import CommandLineParser
import Model
import Settings

/// `leanto certificate`: what `gateway.lan` shows to browsers.
enum CertificateNoun {
  static let verb = Verb(
    "certificate", "The certificate of gateway.lan: make, show, renew", section: "Access",
    discussion: """
      Leanto has a small authority of its own. A phone or computer that has installed the authority's certificate once believes \
      every certificate that Leanto makes later. The daemon renews by itself.
      """)
  static let commands: [any Command.Type] = [
    CertificateMakeCommand.self, CertificateShowCommand.self, CertificateRenewCommand.self,
  ]

  /// For verbs that change Leanto's own files.
  static func refuseUsers(_ settings: StackSettings) throws(CommandFailure) {
    guard case .files(let chain, _) = settings.gateway.certificate else { return }
    throw CommandFailure(
      .failed, "gateway.certificate names a certificate of yours, \(chain); Leanto makes one only with certificate: internal",
      remedy: "leanto certificate show")
  }

  /// A daemon that runs shows the new one to everybody who comes from now on.
  static func tell(_ context: CommandContext, _ stack: StackDirectory) async throws -> Bool {
    guard context.files.lockHolder(stack.daemonLock) != nil else { return false }
    let report = try await context.environment.daemon.reload(stack)
    guard report.problems.isEmpty else {
      throw CommandFailure(.failed, "the certificate is made, but the daemon did not take it", details: report.problems)
    }
    return true
  }
}

enum CertificateMakeCommand: Command {
  static let anew = Option.flag("anew", "Also replace the authority: devices have to install it again")
  static let verb = Verb(
    "make", "Make the authority and a certificate where they are missing", options: [anew],
    examples: [.init("leanto certificate make", "Before the first device is told of it")])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let settings = try context.settings(of: stack)
    try CertificateNoun.refuseUsers(settings)
    let release = try context.lockVerb(stack)
    defer { release() }
    let facts = try context.environment.certificates.make(stack, settings, context.invocation.has(anew))
    let isLive = facts.isNew ? try await CertificateNoun.tell(context, stack) : false
    try context.show(CertificateReport(certificate: facts, now: context.environment.clock.now(), isLive: isLive))
    return .done
  }
}

enum CertificateRenewCommand: Command {
  static let verb = Verb(
    "renew", "Make a new certificate of the same authority now",
    discussion: "The daemon does this by itself 60 days before the end, and when names or addresses change.")

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let settings = try context.settings(of: stack)
    try CertificateNoun.refuseUsers(settings)
    let release = try context.lockVerb(stack)
    defer { release() }
    let facts = try context.environment.certificates.renew(stack, settings)
    let isLive = try await CertificateNoun.tell(context, stack)
    try context.show(CertificateReport(certificate: facts, now: context.environment.clock.now(), isLive: isLive))
    return .done
  }
}

enum CertificateShowCommand: Command {
  static let pem = Option.flag("pem", "Print the authority's certificate alone, for a device to install")
  static let verb = Verb(
    "show", "Show the certificate, and how a device comes to believe it", options: [pem],
    examples: [.init("leanto certificate show --pem > leanto.crt", "A file to send to a phone")])

  static func run(_ context: CommandContext) async throws -> ExitCode {
    let stack = try context.existingStack()
    let settings = try context.settings(of: stack)
    guard let facts = try context.environment.certificates.show(stack, settings) else {
      throw CommandFailure(.failed, "there is no certificate yet", remedy: "leanto certificate make")
    }
    guard context.invocation.has(pem) else {
      try context.show(CertificateReport(certificate: facts, now: context.environment.clock.now(), isLive: false))
      return .done
    }
    guard let authority = facts.authority else {
      throw CommandFailure(.failed, "the certificate is yours: install its authority, or none where devices know it already")
    }
    context.environment.terminal.write(authority.pem)
    return .done
  }
}
