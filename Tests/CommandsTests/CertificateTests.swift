import Model
import Settings
import Testing

@testable import Commands

@Suite("leanto certificate")
struct CertificateTests {
  private static let facts = CertificateFacts(
    isUsers: false, names: ["192.168.1.10", "box.local"], issuer: "CN=Leanto home", validFrom: 0, validUntil: 1000 + 100 * 86_400,
    fingerprint: "AA:BB", authority: .init(file: "/srv/home/authority.pem", validUntil: 9, fingerprint: "CC:DD", pem: "PEM\n"),
    isNew: true)

  private func world(_ words: [String], certificate: CertificateChoice = .internal, daemonRuns: Bool = false) -> World {
    let world = World(["certificate"] + words)
    var settings = StackSettings()
    settings.gateway.certificate = certificate
    world.settings(settings)
    let holder: Int32? = daemonRuns ? 4321 : nil
    world.environment.files.lockHolder = { _ in holder.map { .init($0) } }
    return world
  }

  @Test("show tells names, end and fingerprint, and how a phone comes to believe it")
  func show() async {
    let world = world(["show"])
    world.environment.certificates.show = { _, _ in Self.facts }
    #expect(await world.run() == .done)
    let text = world.output.value
    for part in ["192.168.1.10, box.local", "1970-04-11 (in 100 d)", "AA:BB", "CC:DD", "iPhone", "Android", "--pem > leanto.crt"]
    {
      #expect(text.contains(part), "\(part)")
    }
  }

  @Test("show --pem prints what is to be installed and nothing else")
  func pem() async {
    let world = world(["show", "--pem"])
    world.environment.certificates.show = { _, _ in Self.facts }
    #expect(await world.run() == .done)
    #expect(world.output.value == "PEM\n")
  }

  @Test("show says how to make one where there is none")
  func none() async {
    let world = world(["show"])
    world.environment.certificates.show = { _, _ in nil }
    #expect(await world.run() == .failed)
    #expect(world.errors.value.contains("leanto certificate make"))
  }

  @Test("renew tells a daemon that runs; without one nothing else is done", arguments: [true, false])
  func renew(daemonRuns: Bool) async {
    let world = world(["renew"], daemonRuns: daemonRuns)
    let reloads = Box(0)
    world.environment.certificates.renew = { _, _ in Self.facts }
    world.environment.daemon.reload = { _ in
      reloads.change { $0 += 1 }
      return ReloadReport(changes: [], problems: [])
    }
    #expect(await world.run() == .done)
    #expect(reloads.value == (daemonRuns ? 1 : 0))
    #expect(world.output.value.contains("The daemon shows it") == daemonRuns)
  }

  @Test("make passes on whether the authority is replaced too", arguments: [true, false])
  func make(anew: Bool) async {
    let world = world(["make"] + (anew ? ["--anew"] : []))
    world.environment.certificates.make = { _, _, asked in
      #expect(asked == anew)
      return Self.facts
    }
    #expect(await world.run() == .done)
  }

  @Test("A certificate of the user's is neither made nor renewed", arguments: ["make", "renew"])
  func users(verb: String) async {
    let world = world([verb], certificate: .files(chain: "chain.pem", key: "key.pem"))
    #expect(await world.run() == .failed)
    #expect(world.errors.value.contains("chain.pem"))
  }

  @Test("check refuses a certificate that cannot be shown")
  func check() async {
    let world = World(["check"])
    world.settings()
    world.environment.certificates.problem = { _, _ in ("gateway.certificate.chain", "cert.pem expired on 2020-01-01") }
    #expect(await world.run() == .settings)
    #expect(world.errors.value.contains("gateway.certificate.chain: cert.pem expired"))
  }
}
