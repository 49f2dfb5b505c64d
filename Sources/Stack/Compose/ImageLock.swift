/// What stood behind each image's tag when it was pulled. A tag may be moved by whoever owns it; a digest is the content.
package struct ImageLock: Sendable, Hashable {
  /// `name:tag` to `sha256:...`.
  package var digests: [String: String] = [:]

  package init(digests: [String: String] = [:]) { self.digests = digests }

  /// Reads lines of `name:tag sha256:...`. What does not look like one is left out: it would be pulled and written anew.
  package init(text: String) {
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      guard words.count == 2, Self.isDigest(words[1]) else { continue }
      digests[String(words[0])] = String(words[1])
    }
  }

  package var text: String {
    let lines = digests.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }
    return "# What each image was when it was pulled. To take what its tag means now, delete the line.\n" + lines.joined()
  }

  /// `name:tag@sha256:...` where it is known, else the tag.
  func pinned(_ image: String) -> String {
    guard !image.contains("@"), let digest = digests[image] else { return image }
    return "\(image)@\(digest)"
  }

  static func isDigest(_ text: some StringProtocol) -> Bool {
    text.hasPrefix("sha256:") && text.utf8.count == 71
      && text.utf8.dropFirst(7).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
