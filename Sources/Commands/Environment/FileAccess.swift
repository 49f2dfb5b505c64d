/// Files and the locks on them. Everything throws `CommandFailure` that names the path and what the kernel said.
package struct FileAccess: Sendable {
  /// Nil: there is nothing at the path.
  package var facts: @Sendable (_ path: String) -> FileFacts?
  /// Names without `.` and `..`, sorted.
  package var list: @Sendable (_ directory: String) throws -> [String]
  /// Fewer than `count` bytes at the end of the file.
  package var read: @Sendable (_ path: String, _ offset: Int, _ count: Int) throws -> [UInt8]
  /// Makes a new file, synced; fails when there is one.
  package var create: @Sendable (_ path: String, _ bytes: [UInt8], _ mode: UInt32) throws -> Void
  /// Does nothing when the directory is there.
  package var makeDirectory: @Sendable (_ path: String, _ mode: UInt32) throws -> Void
  package var rename: @Sendable (_ from: String, _ to: String) throws -> Void
  /// A file, or a directory with all that is in it; links are not followed. Does nothing when there is nothing.
  package var remove: @Sendable (_ path: String) throws -> Void
  /// Takes an exclusive lock and writes this process' id into the file. Throws `LockHeld`. The result lets go.
  package var lock: @Sendable (_ path: String) throws -> (@Sendable () -> Void)
  /// The process id in a lock file that somebody holds; nil when nobody does; 0 when the holder wrote none.
  package var lockHolder: @Sendable (_ path: String) -> Int32?
  /// Runs `body` with SIGINT, SIGTERM and SIGHUP held back, then lets them through. `isInterrupted` tells whether one came.
  package var uninterrupted: @Sendable (_ body: (_ isInterrupted: () -> Bool) throws -> Void) throws -> Void

  package init(
    facts: @escaping @Sendable (String) -> FileFacts?, list: @escaping @Sendable (String) throws -> [String],
    read: @escaping @Sendable (String, Int, Int) throws -> [UInt8],
    create: @escaping @Sendable (String, [UInt8], UInt32) throws -> Void,
    makeDirectory: @escaping @Sendable (String, UInt32) throws -> Void,
    rename: @escaping @Sendable (String, String) throws -> Void, remove: @escaping @Sendable (String) throws -> Void,
    lock: @escaping @Sendable (String) throws -> (@Sendable () -> Void),
    lockHolder: @escaping @Sendable (String) -> Int32?,
    uninterrupted: @escaping @Sendable ((() -> Bool) throws -> Void) throws -> Void
  ) {
    self.facts = facts
    self.list = list
    self.read = read
    self.create = create
    self.makeDirectory = makeDirectory
    self.rename = rename
    self.remove = remove
    self.lock = lock
    self.lockHolder = lockHolder
    self.uninterrupted = uninterrupted
  }
}

package struct FileFacts: Sendable, Hashable {
  package enum Kind: Sendable, Hashable { case file, directory, other }

  package var kind: Kind
  package var size: Int
  /// Tells one file from another at the same path.
  package var identity: UInt64

  package init(kind: Kind, size: Int, identity: UInt64) {
    self.kind = kind
    self.size = size
    self.identity = identity
  }
}

/// Somebody else holds a lock.
package struct LockHeld: Error, Sendable, Hashable {
  /// 0: not known.
  package var processIdentifier: Int32

  package init(processIdentifier: Int32) { self.processIdentifier = processIdentifier }
}
