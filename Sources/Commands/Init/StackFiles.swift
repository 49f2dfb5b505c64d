import Model

/// Writes a new stack directory so that it is there whole or not at all.
struct StackFiles {
  var stack: StackDirectory
  var settings: String
  var environment: CommandEnvironment

  private var files: FileAccess { environment.files }

  static let ignored = "# Nothing of these belongs into a repository.\nsecrets/\nrun/\nlogs/\ndata/\nbackups/\n"

  /// Everything is made in a hidden folder beside the stack and moved there in the end; a failure or Ctrl-C takes it away again.
  func make(administrator: String, password: String) throws {
    try files.uninterrupted { isInterrupted in
      let isNew = files.facts(stack.path) == nil
      let draft = StackDirectory(path: isNew ? parent + "/." + name + ".new" : stack.path + "/.leanto.new")
      let release = try claim(draft)
      defer { release() }
      do {
        try fill(draft, administrator, password)
        if isInterrupted() { throw CommandFailure(.failed, "interrupted; nothing was made") }
        isNew ? try files.rename(draft.path, stack.path) : try moveIn(draft)
      } catch {
        try? files.remove(draft.path)
        throw error
      }
    }
  }

  /// A draft that an `init` left when it was killed goes away; one that is at work is left alone.
  private func claim(_ draft: StackDirectory) throws -> @Sendable () -> Void {
    if let holder = files.lockHolder(draft.verbLock) {
      throw CommandFailure(.busy, "another leanto init (process \(holder)) makes this stack")
    }
    try files.remove(draft.path)
    do {
      try files.makeDirectory(draft.path, 0o755)
      try files.makeDirectory(draft.run, 0o700)
      return try files.lock(draft.verbLock)
    } catch {
      // Unless another one was quicker, what is there is ours.
      if !(error is LockHeld) { try? files.remove(draft.path) }
      throw error
    }
  }

  private var parent: String {
    let parts = stack.path.split(separator: "/").dropLast()
    return parts.isEmpty ? "" : "/" + parts.joined(separator: "/")
  }

  private var name: String { stack.path.split(separator: "/").last.map(String.init) ?? "" }

  private func fill(_ draft: StackDirectory, _ administrator: String, _ password: String) throws {
    // Logs, too: services write there what they like.
    for directory in [draft.secrets, draft.path + "/data", draft.logs] { try files.makeDirectory(directory, 0o700) }
    try files.create(draft.path + "/.gitignore", Array(Self.ignored.utf8), 0o644)
    try environment.users.add(draft, administrator, password)
    try files.create(draft.firstPassword, Array((password + "\n").utf8), 0o600)
    try files.create(draft.settings, Array(settings.utf8), 0o644)
  }

  /// Into a folder that is there already. leanto.yaml comes last: without it there is no stack.
  private func moveIn(_ draft: StackDirectory) throws {
    var moved: [String] = []
    do {
      for entry in ["secrets", "run", "data", "logs", ".gitignore", "leanto.yaml"] {
        let target = stack.path + "/" + entry
        // The person's own folders and .gitignore stay as they are; the verb has refused a secrets/ or leanto.yaml before.
        if files.facts(target) != nil { continue }
        try files.rename(draft.path + "/" + entry, target)
        moved.append(target)
      }
      try files.remove(draft.path)
    } catch {
      for target in moved.reversed() { try? files.remove(target) }
      throw error
    }
  }
}
