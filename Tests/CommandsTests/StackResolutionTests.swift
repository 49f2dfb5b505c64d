import Model
import Testing

@testable import Commands

@Suite("Which stack a verb is about")
struct StackResolutionTests {
  @Test(
    "The option wins, then the nearest folder upward, then the variable, then the home folder",
    arguments: [
      ("/other", "/a/b/c", ["LEANTO_STACK": "/v", "HOME": "/h"], "/other"),
      ("x/./y/", "/a/b/c", [:], "/a/b/c/x/y"), (".", "/a/b", [:], "/a/b"), ("../x", "/a/b", [:], "/a/b/../x"),
      (nil, "/a/b/c", ["LEANTO_STACK": "/v", "HOME": "/h"], "/a/b"), (nil, "/a/b", [:], "/a/b"),
      (nil, "/z", ["LEANTO_STACK": "/v", "HOME": "/h"], "/v"), (nil, "/z", ["LEANTO_STACK": "v", "HOME": "/h"], "/z/v"),
      (nil, "/z", ["LEANTO_STACK": "", "HOME": "/h"], "/h/leanto"), (nil, "/z", ["HOME": "/h"], "/h/leanto"),
      (nil, "/", ["HOME": "/h"], "/h/leanto"), (nil, "/z", [:], nil), (nil, "/z", ["HOME": "relative"], nil),
    ] as [(String?, String, [String: String], String?)])
  func order(option: String?, current: String, variables: [String: String], expected: String?) {
    let found = StackResolution.directory(
      option: option, currentDirectory: current, variables: variables, exists: { $0 == "/a/b/leanto.yaml" })
    #expect(found?.path == expected)
  }

  @Test("A stack in the root folder is found")
  func root() {
    let found = StackResolution.directory(
      option: nil, currentDirectory: "/a", variables: [:], exists: { $0 == "/leanto.yaml" })
    #expect(found?.settings == "/leanto.yaml")
  }

  @Test(
    "Without a stack every verb that needs one says how to make it",
    arguments: ["check", "up", "down", "restart", "status", "logs", "verify", "serve", "user list"])
  func missing(verb: String) async {
    let world = World(verb.split(separator: " ").map(String.init) + ["--stack", "my stack"], stack: false)
    #expect(await world.run() == .missing)
    #expect(
      world.errors.value == """
        leanto: there is no stack at \(world.folder)/my stack: leanto.yaml is not there
        Try: leanto init --stack '\(world.folder)/my stack'

        """)
    #expect(world.output.value == "")
  }

  @Test("Without a home folder and a stack it says which option to give")
  func homeless() async {
    let world = World(["status"], stack: false)
    #expect(await world.run() == .missing)
    #expect(world.errors.value.contains("--stack DIR"))
  }
}
