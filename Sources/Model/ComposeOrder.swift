/// What Docker is to run for a stack. Made by `Stack` from the settings, carried out by `Operations`.
package struct ComposeOrder: Sendable {
  package struct Container: Sendable, Hashable {
    package var name: String
    package var image: String

    package init(name: String, image: String) {
      self.name = name
      self.image = image
    }
  }

  /// A folder that a container writes into, and as whom.
  package struct Folder: Sendable, Hashable {
    package var path: String
    /// Nil: left as it is.
    package var owner: UInt32?
    package var group: UInt32?

    package init(path: String, owner: UInt32?, group: UInt32?) {
      self.path = path
      self.owner = owner
      self.group = group
    }
  }

  package var project: String
  package var containers: [Container]
  package var folders: [Folder]
  /// Seconds that the slowest may take to become healthy.
  package var startSeconds: Int
  /// What is written, once it is known what stands behind each image's tag (by `name:tag`).
  package var files: @Sendable (_ digests: [String: String]) -> [RenderedFile]
  /// The digests that are known, and the file that keeps them.
  package var digests: [String: String]
  package var lockFile: @Sendable (_ digests: [String: String]) -> RenderedFile

  package init(
    project: String, containers: [Container], folders: [Folder], startSeconds: Int, digests: [String: String],
    files: @escaping @Sendable ([String: String]) -> [RenderedFile],
    lockFile: @escaping @Sendable ([String: String]) -> RenderedFile
  ) {
    self.project = project
    self.containers = containers
    self.folders = folders
    self.startSeconds = startSeconds
    self.digests = digests
    self.files = files
    self.lockFile = lockFile
  }
}

/// A file that was rendered.
package struct RenderedFile: Sendable, Hashable {
  /// Seen from the stack directory.
  package var path: String
  package var text: String
  package var mode: UInt32
  /// Who must be able to read it, where that is not whoever writes it.
  package var owner: UInt32?
  /// What must not be shown of it.
  package var secrecy: Secrecy

  package enum Secrecy: Sendable, Hashable {
    case none
    /// `NAME=value` lines: the values.
    case values
    case all
  }

  package init(path: String, text: String, mode: UInt32, owner: UInt32? = nil, secrecy: Secrecy = .none) {
    self.path = path
    self.text = text
    self.mode = mode
    self.owner = owner
    self.secrecy = secrecy
  }
}
