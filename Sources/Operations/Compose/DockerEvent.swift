internal import FoundationEssentials

/// One line of `docker events --format '{{json .}}'` about a container of a Compose project.
struct DockerEvent: Sendable, Hashable {
  var action: String
  var service: String
  var exitCode: Int?

  private struct Line: Decodable {
    struct Actor: Decodable { var Attributes: [String: String]? }
    var Action: String?
    var Actor: Actor?
  }

  /// Nil: it is about something else, or no such line.
  init?(_ line: String) {
    guard let line = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)), let action = line.Action,
      let service = line.Actor?.Attributes?["com.docker.compose.service"]
    else { return nil }
    self.action = action
    self.service = service
    exitCode = line.Actor?.Attributes?["exitCode"].flatMap { Int($0) }
  }
}
