package import Model

/// The people who may enter: `StackDirectory.users`, in htpasswd format. Each closure writes the whole file anew and renames it;
/// names and passwords are checked by the verbs before.
package struct UserAccess: Sendable {
  /// Names in the file's order; empty without a file.
  package var list: @Sendable (_ stack: StackDirectory) throws -> [String]
  package var add: @Sendable (_ stack: StackDirectory, _ name: String, _ password: String) throws -> Void
  package var remove: @Sendable (_ stack: StackDirectory, _ name: String) throws -> Void
  package var setPassword: @Sendable (_ stack: StackDirectory, _ name: String, _ password: String) throws -> Void

  package init(
    list: @escaping @Sendable (StackDirectory) throws -> [String],
    add: @escaping @Sendable (StackDirectory, String, String) throws -> Void,
    remove: @escaping @Sendable (StackDirectory, String) throws -> Void,
    setPassword: @escaping @Sendable (StackDirectory, String, String) throws -> Void
  ) {
    self.list = list
    self.add = add
    self.remove = remove
    self.setPassword = setPassword
  }
}
