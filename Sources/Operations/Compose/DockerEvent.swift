internal import FoundationEssentials

/// One line of `docker events --format '{{json .}}'` about a container of a Compose project.
struct DockerEvent: Sendable, Hashable {
  var action: String
  var service: String
  var exitCode: Int?

  private struct Line: Decodable {
    private enum CodingKeys: String, CodingKey {
      case action = "Action"
      case actor = "Actor"
    }
    struct Actor: Decodable {
      private enum CodingKeys: String, CodingKey { case attributes = "Attributes" }
      var attributes: [String: String]?
    }
    var action: String?
    var actor: Actor?
  }

  /// Nil: it is about something else, or no such line.
  init?(_ line: String) {
    guard let line = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)), let action = line.action,
      let service = line.actor?.attributes?["com.docker.compose.service"]
    else { return nil }
    self.action = action
    self.service = service
    exitCode = line.actor?.attributes?["exitCode"].flatMap { Int($0) }
  }
}
