import Access
import Model

/// The users' file.
enum LiveUsers {
  static var access: UserAccess {
    UserAccess(
      list: { try load($0).names },
      add: { stack, name, password in try change(stack) { try $0.add(name, password: SecretBytes(password)) } },
      remove: { stack, name in try change(stack) { try $0.remove(name) } },
      setPassword: { stack, name, password in try change(stack) { try $0.setPassword(SecretBytes(password), of: name) } })
  }

  private static func change(_ stack: StackDirectory, _ body: (inout UserFile) throws -> Void) throws {
    var file = try load(stack)
    do {
      try body(&file)
      try LiveFiles.makeDirectory(stack.secrets, mode: 0o700)
      try file.save(path: stack.users)
    } catch let problem as UserProblem {
      throw CommandFailure(.failed, problem.description)
    }
  }

  /// Empty where there is no file yet.
  private static func load(_ stack: StackDirectory) throws -> UserFile {
    guard LiveFiles.facts(stack.users) != nil else { return UserFile() }
    do {
      return try UserFile.load(path: stack.users)
    } catch {
      throw CommandFailure(.failed, error.description)
    }
  }
}
