internal import Model

/// Asks a short command of this machine something.
package enum HostCommand {
  package struct Answer: Sendable, Hashable {
    /// 128 and more: a signal's; 137 also for one that took too long.
    package var status: Int32
    package var text: String
    package var errors: String

    package init(status: Int32, text: String, errors: String = "") {
      self.status = status
      self.text = text
      self.errors = errors
    }
  }

  /// Nil: there is no such command, or the task was cancelled. `environment` is added to the minimal one of every child.
  package static func ask(_ command: [String], environment: [String: String] = [:], limit: Duration) async -> Answer? {
    let plan = ProcessPlan(command: command, environment: environment, directory: "/")
    guard let run = try? await CommandOutput.run(plan, limit: limit) else { return nil }
    let status: Int32 =
      switch run.end {
      case .exited(let status): run.isTooLate ? 137 : status
      case .killed(let signal): 128 + signal
      case .unseen: 127
      }
    return Answer(status: status, text: String(decoding: run.output, as: UTF8.self), errors: run.errors)
  }
}
