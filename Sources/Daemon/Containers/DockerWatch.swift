import Model
import Operations
import Settings
import Stack

/// Whether this stack's presets and images run in containers, and on which Docker. Asked once; an engine that answered is not
/// asked again, so that a reload costs nothing.
final class DockerWatch: Sendable {
  private let directory: StackDirectory
  private let known = Lock<DockerSurvey?>(nil)
  private let trouble = Lock<DockerProblem?>(nil)

  /// Whether what was decided is written down.
  private let remembers: Bool

  init(directory: StackDirectory, remembers: Bool = true) {
    self.directory = directory
    self.remembers = remembers
  }

  /// Why Docker cannot be used though it is wanted. Nil: it can, or it is not wanted.
  var problem: DockerProblem? { trouble.withLock { $0 } }

  enum Answer: Sendable {
    case native
    /// Nil: Docker is wanted, and does not answer now.
    case compose(DockerSurvey?)
  }

  /// `auto`: compose where Docker answers, else native; and what was decided once stays, so that a Docker that starts after
  /// Leanto, or comes to a machine later, moves no service.
  func answer(for settings: StackSettings, hasCommands: Bool) async -> Answer {
    guard settings.runner != .native, StackPlan.wantsContainers(settings) else { return none() }
    let earlier = settings.runner == .auto ? SmallFile.read(directory.runner) : "compose"
    if earlier?.hasPrefix("native") == true { return none() }
    do {
      let survey = try await survey()
      remember("compose")
      return .compose(survey)
    } catch {
      let isDecided = earlier?.hasPrefix("compose") == true
      if isDecided {
        trouble.withLock { $0 = error as? DockerProblem }
        return .compose(nil)
      }
      if hasCommands { remember("native") }
      return none()
    }
  }

  private func none() -> Answer {
    trouble.withLock { $0 = nil }
    return .native
  }

  private func survey() async throws -> DockerSurvey {
    if let survey = known.withLock({ $0 }) { return survey }
    let survey = try await DockerSurvey.take()
    known.withLock { $0 = survey }
    trouble.withLock { $0 = nil }
    return survey
  }

  private func remember(_ runner: String) {
    if remembers, SmallFile.read(directory.runner) != runner + "\n" {
      _ = SmallFile.write(runner + "\n", to: directory.runner, mode: 0o600)
    }
  }

  /// Returns when a Docker that was away answers.
  func waitForDocker() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(3))
      if problem != nil, (try? await survey()) != nil { return }
    }
  }
}
