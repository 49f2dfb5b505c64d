extension UserFile {
  /// Reads the file at `path`. A file that others may read is read, and reported in `problems`; one that others may write is not.
  package static func load(path: String) throws(UserProblem) -> UserFile {
    let content = try PrivateFile.read(path, limit: UserRules.largestFile)
    var file = UserFile(content.bytes)
    if content.mode & 0o077 != 0 { file.report(.readableByOthers(path: path, mode: content.mode)) }
    return file
  }

  /// A reader sees the old file or the new one, also after a power cut. An earlier file's owner is kept.
  package func save(path: String) throws(UserProblem) { try PrivateFile.save(bytes, path: path) }
}
