import Model

/// Which stack a verb is about.
enum StackResolution {
  /// `option`, else the nearest folder from `currentDirectory` upward with a leanto.yaml, else `$LEANTO_STACK`, else `~/leanto`.
  /// Nil: none of them, and `$HOME` is not set.
  static func directory(
    option: String?, currentDirectory: String, variables: [String: String], exists: (String) -> Bool
  ) -> StackDirectory? {
    if let option { return StackDirectory(path: absolute(option, in: currentDirectory)) }
    for folder in upward(from: currentDirectory) where exists(StackDirectory(path: folder).settings) {
      return StackDirectory(path: folder)
    }
    if let variable = variables["LEANTO_STACK"], !variable.isEmpty {
      return StackDirectory(path: absolute(variable, in: currentDirectory))
    }
    guard let home = variables["HOME"], home.hasPrefix("/") else { return nil }
    return StackDirectory(path: absolute("leanto", in: home))
  }

  /// Without `.`, doubled and trailing slashes. `..` stays: a link may stand before it.
  static func absolute(_ path: String, in folder: String) -> String {
    let whole = path.hasPrefix("/") ? path : folder + "/" + path
    return "/" + whole.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  }

  private static func upward(from folder: String) -> [String] {
    let parts = folder.split(separator: "/")
    return (0...parts.count).reversed().map { $0 == 0 ? "" : "/" + parts.prefix($0).joined(separator: "/") }
  }
}
