import Client
package import Model
package import Operations
package import Settings
import Stack

/// What verbs ask about a stack whose daemon does not run.
package enum ContainerChecks {
  /// Nil: these settings need no Docker, or it is there.
  package static func missingDocker(_ directory: StackDirectory, _ settings: StackSettings) async -> DockerProblem? {
    let docker = DockerWatch(directory: directory, remembers: false)
    _ = await docker.answer(for: settings, hasCommands: false)
    return docker.problem
  }

  /// What `up` would change where nothing runs. Writes nothing: secrets that are not made yet stand as what they will be.
  package static func preview(_ directory: StackDirectory, _ settings: StackSettings) async -> PlanReport {
    let docker = DockerWatch(directory: directory, remembers: false)
    let plan = await DaemonPlanner(directory: directory, client: HTTPClient(), docker: docker).preview(settings)
    return StackPlan.preview(from: nil, to: plan, onDisk: { SmallFile.read(directory.path + "/" + $0) })
  }
}
