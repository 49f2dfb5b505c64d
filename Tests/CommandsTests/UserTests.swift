import Model
import Testing

@testable import Commands

@Suite("leanto user")
struct UserTests {
  private func world(_ words: [String], users: String = "admin:first-secret\nada:lovelace-1815\n") -> World {
    let world = World(["user"] + words)
    world.environment.users = .plain
    if !users.isEmpty { world.add("secrets/users", users) }
    world.add("secrets/first-password", "first-secret\n")
    return world
  }

  @Test("list names everyone, in words and as JSON")
  func list() async {
    let world = world(["list"])
    #expect(await world.run() == .done)
    #expect(world.output.value == "admin\nada\n")
    world.environment.arguments.append("--json")
    #expect(await world.run() == .done)
    #expect(
      world.output.value.hasSuffix(
        """
        {
          "locked" : [

          ],
          "users" : [
            {
              "name" : "admin"
            },
            {
              "name" : "ada"
            }
          ]
        }

        """))
  }

  @Test("list shows who is locked out, and for how long")
  func locked() async {
    let world = world(["list"])
    world.environment.daemon.lockouts = { _ in
      [
        Lockout(address: "203.0.113.7", user: "ada", seconds: 61), Lockout(address: "2001:db8::/64", user: nil, seconds: 600),
        Lockout(address: nil, user: "admin", seconds: 0),
      ]
    }
    #expect(await world.run() == .done)
    #expect(
      world.output.value == """
        admin
        ada

        Locked out after wrong passwords:
          203.0.113.7 (as ada): for 2 min
          2001:db8::/64: for 10 min
          admin: many guess the password; who never signed in from an address has one try there
        Let somebody in before that: leanto user unlock NAME or ADDRESS

        """)
  }

  @Test(
    "unlock passes on whom, and tells what it freed",
    arguments: [(["ada"], "ada"), (["2001:db8::/64"], "2001:db8::/64"), ([], "")])
  func unlock(words: [String], who: String) async {
    let world = world(["unlock"] + words)
    world.environment.daemon.unlock = { _, asked in UnlockReport(unlocked: asked == who ? ["203.0.113.7"] : []) }
    #expect(await world.run() == .done)
    #expect(world.output.value == "203.0.113.7: unlocked\n")
    world.environment.daemon.unlock = { _, _ in UnlockReport(unlocked: []) }
    #expect(await world.run() == .done)
    #expect(world.output.value.hasSuffix("No address was locked out.\n"))
  }

  @Test("unlock says when there is no daemon to do it")
  func unlockWithout() async {
    let world = world(["unlock"])
    world.environment.daemon.unlock = { _, _ in nil }
    #expect(await world.run() == .failed)
    #expect(world.errors.value.contains("leanto up"))
  }

  @Test("An empty list says what to do")
  func empty() async {
    let world = world(["list"], users: "")
    #expect(await world.run() == .done)
    #expect(world.output.value == "No one may enter. Let a person in: leanto user add NAME\n")
  }

  @Test("add takes one line of standard input")
  func addFromInput() async {
    let world = world(["add", "grace"])
    world.input.change { $0 = ["hopper-1906", "another line"] }
    #expect(await world.run() == .done)
    #expect(world.text(of: "secrets/users")?.hasSuffix("grace:hopper-1906\n") == true)
    #expect(world.output.value == "grace: added\n")
    #expect(!(world.output.value + world.errors.value).contains("hopper-1906"))
  }

  @Test(
    "add asks twice on a terminal and takes nothing when the answers differ",
    arguments: [
      (["same-secret", "same-secret"], ExitCode.done), (["same-secret", "other"], .failed), (["same-secret"], .failed),
      ([], .failed), (["short"], .failed),
    ])
  func addFromTerminal(answers: [String], code: ExitCode) async {
    let world = world(["add", "grace"])
    let left = Box(answers)
    world.environment.terminal.inputIsTerminal = true
    world.environment.terminal.readPassword = { _ in left.change { $0.isEmpty ? nil : $0.removeFirst() } }
    #expect(await world.run() == code)
    #expect(world.text(of: "secrets/users")?.contains("grace") == (code == .done))
    #expect(!(world.output.value + world.errors.value).contains("secret"))
  }

  @Test(
    "Without a password nothing is changed", arguments: [[], ["1234567"], [String(repeating: "x", count: 73)], ["with\u{7}bell"]])
  func badPassword(lines: [String]) async {
    let world = world(["add", "grace"])
    world.input.change { $0 = lines }
    #expect(await world.run() == .failed)
    #expect(world.errors.value.hasSuffix("nothing was changed\n"))
    #expect(world.text(of: "secrets/users")?.contains("grace") == false)
  }

  @Test("A password is never an argument")
  func argument() async {
    #expect(await world(["add", "grace", "secret-word"]).run() == .wrongUsage)
  }

  @Test(
    "Names that the file or Basic Auth could not carry are refused",
    arguments: ["", "a:b", "a b", "#a", "a\nb", String(repeating: "x", count: 129)])
  func badName(name: String) async {
    let world = world(["add", name])
    #expect(await world.run() == .wrongUsage)
    #expect(world.errors.value.contains("a name "))
  }

  @Test(
    "A name that is there already, or is not there, is told with what to do",
    arguments: [
      (["add", "ada"], "leanto: there is a user ada already\nTry: leanto user password ada\n"),
      (["remove", "adda"], "leanto: there is no user adda (did you mean ada?)\nTry: leanto user list\n"),
      (["password", "bob"], "leanto: there is no user bob\nTry: leanto user list\n"),
    ])
  func existence(words: [String], message: String) async {
    let world = world(words)
    #expect(await world.run() == .failed)
    #expect(world.errors.value == message)
  }

  @Test(
    "Changing a password changes it, and the generated first one is forgotten with its person",
    arguments: [("admin", true), ("ada", false)])
  func password(name: String, forgets: Bool) async {
    let world = world(["password", name])
    world.input.change { $0 = ["a-new-secret"] }
    #expect(await world.run() == .done)
    #expect(world.text(of: "secrets/users")?.contains("\(name):a-new-secret\n") == true)
    #expect((world.text(of: "secrets/first-password") == nil) == forgets)
  }

  @Test(
    "Removing a person removes that one only, and the first password with its person",
    arguments: [("admin", true), ("ada", false)])
  func remove(name: String, forgets: Bool) async {
    let world = world(["remove", name])
    #expect(await world.run() == .done)
    #expect(world.text(of: "secrets/users")?.split(separator: "\n").count == 1)
    #expect((world.text(of: "secrets/first-password") == nil) == forgets)
    #expect(world.output.value == "\(name): removed\n")
  }

  @Test("Removing the last person warns")
  func removeLast() async {
    let world = world(["remove", "admin"], users: "admin:x\n")
    #expect(await world.run() == .done)
    #expect(world.output.value.contains("No one may enter now."))
  }

  @Test("Generated passwords are long, readable and never the same")
  func generated() {
    var generator = SystemRandomNumberGenerator()
    let made = (0..<100).map { _ in ReadablePassword.make(using: &generator) }
    #expect(Set(made).count == 100)
    for password in made {
      #expect(password.count == 23)
      #expect(password.split(separator: "-").map(\.count) == [5, 5, 5, 5])
      #expect(!password.contains { "lio01".contains($0) || $0.isUppercase })
      #expect(Credentials.problem(withPassword: password) == nil)
    }
  }
}
