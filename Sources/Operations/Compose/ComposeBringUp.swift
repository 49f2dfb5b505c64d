internal import FoundationEssentials
internal import Model

/// One turn of making a stack's containers as they are wanted: fetch, write, up. Each step can be cut off at any moment and done
/// again: that is what a killed daemon leads to.
struct ComposeBringUp: Sendable {
  let runner: ComposeRunner
  let order: ComposeOrder
  /// Empty: all.
  let only: [String]

  func run() async throws {
    try await refuseAnotherStack()
    let (digests, missing) = try await fetchImages()
    let files = RenderedFiles(directory: runner.directory.path)
    try files.prepare(order.folders)
    try files.write([order.lockFile(digests)] + order.files(digests))
    // What can be had runs, whatever else cannot.
    let names = missing.isEmpty ? only : available(without: missing)
    if missing.isEmpty || !names.isEmpty { try await up(names) }
    if let problem = missing.values.first { throw problem }
  }

  private func available(without missing: [String: DockerProblem]) -> [String] {
    order.containers.filter { missing[$0.image] == nil && (only.isEmpty || only.contains($0.name)) }.map(\.name)
  }

  /// Two stacks of one name would take each other's containers away.
  private func refuseAnotherStack() async throws {
    for container in try await ComposeRunner.containers(project: order.project) {
      guard let folder = container.label("project.working_dir"), folder != runner.directory.compose,
        SmallFile.text(folder + "/compose.yaml") != nil, !isSameFolder(folder)
      else { continue }
      let name = order.project.dropFirst("leanto-".count)
      throw DockerProblem(
        .nameTaken, "another stack at \(folder) has the name \(name) too",
        remedy: "write another `name` into \(runner.directory.settings), then: leanto up")
    }
  }

  /// Reached by another path, such as through a link.
  private func isSameFolder(_ folder: String) -> Bool {
    SmallFile.identity(folder + "/compose.yaml") == SmallFile.identity(runner.directory.composeFile)
  }

  /// Known digests, and why an image cannot be had, by its name.
  private func fetchImages() async throws -> (digests: [String: String], missing: [String: DockerProblem]) {
    var digests = order.digests
    var missing: [String: DockerProblem] = [:]
    for image in Set(order.containers.map(\.image)).sorted() {
      let pinned = digests[image].map { "\(image)@\($0)" } ?? image
      do {
        if try await !DockerImages.isHere(pinned) { try await fetch(pinned, image) }
        if digests[image] == nil { digests[image] = try await DockerImages.digest(image) }
      } catch var problem as DockerProblem where [.noImage, .registry, .other].contains(problem.kind) {
        problem.sentence = "its image \(image) cannot be had: \(problem.sentence)"
        problem.containers = order.containers.filter { $0.image == image }.map { "\(order.project)-\($0.name)-1" }
        missing[image] = problem
      }
    }
    await runner.learn(digests)
    return (digests, missing)
  }

  private func fetch(_ pinned: String, _ image: String) async throws {
    let names = order.containers.filter { $0.image == image }.map(\.name)
    await runner.say("its image \(image) is being fetched", of: names)
    try await DockerImages.pull(pinned) { [runner] hundredths in
      Task { await runner.say("its image \(image) is being fetched (\(hundredths) %)", of: names) }
    }
    await runner.say("its container is being made", of: names)
  }

  /// Compose touches only what is not as the file says.
  private func up(_ names: [String]) async throws {
    let patience = order.startSeconds + 60
    let arguments = ["--progress", "json", "up", "--detach", "--wait", "--wait-timeout", "\(patience)", "--remove-orphans"]
    let progress = Lock<[String: ComposeProgress]>([:])
    let order = order
    do {
      try await DockerCommand.run(DockerCommand.compose(runner.directory, arguments + names), seconds: patience + 60) {
        [runner] line in
        guard let news = ComposeProgress(line, project: order.project) else { return }
        let isNews = progress.withLock { $0.updateValue(news, forKey: news.container) != news }
        if isNews { Task { await runner.progressed(news) } }
      }
    } catch var problem as DockerProblem where problem.kind == .hangs {
      problem.sentence = "the containers were not up within \(patience + 60) seconds"
      throw problem
    }
  }
}

extension ComposeRunner {
  func progressed(_ news: ComposeProgress) async {
    say(news.sentence, of: [news.container])
    if news.text == "Started" || news.text == "Recreated" || news.text == "Running" { await look() }
  }
}

/// One line of `docker compose --progress json`: `{"id":"Container leanto-home-n8n-1","status":"Working","text":"Creating"}`.
struct ComposeProgress: Sendable, Hashable {
  var container: String
  var text: String

  private struct Line: Decodable {
    var id: String?
    var text: String?
  }

  /// Nil: it is about something else, or no such line.
  init?(_ line: String, project: String) {
    guard let line = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)), let text = line.text,
      let identifier = line.id, identifier.hasPrefix("Container \(project)-"), identifier.hasSuffix("-1")
    else { return nil }
    container = String(identifier.dropFirst("Container \(project)-".count).dropLast(2))
    self.text = text
  }

  var sentence: String {
    switch text {
    case "Creating", "Recreate", "Recreating": "its container is being made"
    case "Starting": "its container is being started"
    case "Stopping", "Removing": "its old container is being stopped"
    default: ""
    }
  }
}
