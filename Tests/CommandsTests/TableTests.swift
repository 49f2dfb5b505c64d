import Model
import Testing

@testable import Commands

@Suite("Tables fit 80 columns")
struct TableTests {
  static let long = String(repeating: "word ", count: 60)
  static let unbroken = String(repeating: "x", count: 200)

  /// Everything as long as it comes.
  static var status: StackStatus {
    var services = ServiceState.allCases.map {
      ServiceStatus.sample("\($0)-with-a-rather-long-name-for-a-service", $0, message: long, restarts: 12)
    }
    services[0].message = unbroken
    services[1].at = "/" + unbroken + "/"
    var status = StackStatus.sample(services, model: ModelStatus(name: unbroken, server: "http://" + unbroken, api: "openai"))
    status.listeners.append(ListenerStatus(kind: .lan, address: "[fe80:1234:5678:9abc:def0:1234:5678:9abc]:65535"))
    return status
  }

  @Test("Gateway, services, model and proofs, with the longest contents")
  func widths() {
    let text = StatusText(status: Self.status, style: .plain)
    let proof = Proof(
      subject: "public paths", service: Self.unbroken.prefix(50).description, outcome: .failed, sent: Self.long,
      received: Self.unbroken, remedy: Self.long)
    for part in [text.gateway, text.services, text.model, ProofText.list([proof, .skipped], .plain)] {
      for line in part.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }
  }

  @Test("up's whole report, check's and init's, apart from paths")
  func reports() {
    let up = UpReport(
      outcome: .changed, changes: [Self.long], status: Self.status, proofs: [.failed], signIn: SignIn(user: "admin"),
      notReady: [])
    let start = InitReport(
      directory: "/srv/x", name: "home", signIn: SignIn(user: "admin", passwordFile: "/srv/x/p"), notes: [Self.long])
    for text in [up.text(.plain), start.text(.plain)] {
      for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }
  }

  @Test("Colour does not move the columns")
  func colour() {
    let table = TextTable(header: ["A", "B"], rows: [[.init("one", .green), .init("x")], [.init("seven"), .init("y", .red)]])
    #expect(table.text(.plain) == "A      B\none    x\nseven  y\n")
    #expect(
      table.text(.coloured)
        == "\u{1B}[1mA\u{1B}[0m      \u{1B}[1mB\u{1B}[0m\n\u{1B}[32mone\u{1B}[0m    x\nseven  \u{1B}[31my\u{1B}[0m\n")
  }

  @Test("Controls from outside do not reach the terminal")
  func controls() {
    #expect(TextTable.Cell("a\u{1B}[2Jb\tc\u{9B}d\u{7F}").text == "a?[2Jb c?d?")
    #expect(Visible.text("grüße 🦁") == "grüße 🦁")
  }

  @Test("An empty table is its header")
  func empty() {
    #expect(TextTable(header: ["A", "B"], rows: []).text(.plain) == "A  B\n")
  }
}
