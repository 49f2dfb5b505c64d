internal import FoundationEssentials
internal import Model

/// Images of this machine, and how they get here.
enum DockerImages {
  /// Throws where there is none of that name here.
  static func digest(_ image: String) async throws -> String? {
    let output = try await DockerCommand.output(["image", "inspect", "--format", "{{json .RepoDigests}}", image])
    return digest(of: image, among: (try? JSONDecoder().decode([String].self, from: Data(output))) ?? [])
  }

  /// The digest under which the registry of that name has it. Nil: it was built here.
  static func digest(of image: String, among repositories: [String]) -> String? {
    let name = repository(image)
    return repositories.lazy.compactMap { entry -> String? in
      let parts = entry.split(separator: "@")
      return parts.count == 2 && (parts[0] == name || "docker.io/\(parts[0])" == name) ? String(parts[1]) : nil
    }.first
  }

  /// Without tag and digest. A colon before the last slash is a port.
  static func repository(_ image: String) -> String {
    let name = image.split(separator: "@").first ?? ""
    let start = name.lastIndex(of: "/") ?? name.startIndex
    guard let colon = name[start...].lastIndex(of: ":") else { return String(name) }
    return String(name[..<colon])
  }

  static func isHere(_ image: String) async throws -> Bool {
    do {
      _ = try await digest(image)
      return true
    } catch let problem as DockerProblem where problem.kind == .noImage {
      return false
    }
  }

  /// Fetches it, within an hour; `progress` gets hundredths.
  static func pull(_ image: String, progress: @escaping @Sendable (Int) -> Void) async throws {
    let layers = Lock(ImagePullProgress())
    try await DockerCommand.run(["pull", image], seconds: 3600) { line in
      if let hundredths = layers.withLock({ $0.take(line) }) { progress(hundredths) }
    }
  }
}

/// How far a `docker pull` is, by its lines without a terminal: `4abcf2066143: Pulling fs layer`, `... Pull complete`.
struct ImagePullProgress: Sendable {
  private var layers: [Substring: Int] = [:]
  private var told = -1

  /// Hundredths, when they changed.
  mutating func take(_ line: String) -> Int? {
    let parts = line.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, parts[0].count == 12, parts[0].allSatisfy(\.isHexDigit) else { return nil }
    switch parts[1].drop(while: { $0 == " " }) {
    case "Download complete", "Verifying Checksum": layers[parts[0]] = max(1, layers[parts[0]] ?? 0)
    case "Pull complete", "Already exists": layers[parts[0]] = 2
    default: layers[parts[0]] = layers[parts[0]] ?? 0
    }
    let now = layers.isEmpty ? 0 : layers.values.reduce(0, +) * 50 / layers.count
    defer { told = now }
    return now == told ? nil : now
  }
}
