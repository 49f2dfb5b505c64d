package import Model
package import Settings

/// The containers of a stack, and what `leanto up` would make of it. Everything throws `CommandFailure` that says what Docker said.
package struct ContainerAccess: Sendable {
  /// Names of the services that were written for Docker; empty: none.
  package var names: @Sendable (_ stack: StackDirectory) -> [String]
  /// Throws when these settings need a Docker that is not there.
  package var check: @Sendable (_ stack: StackDirectory, _ settings: StackSettings) async throws -> Void
  /// The last lines of one's output; `follow`: and those that come, until cancelled.
  package var logs:
    @Sendable (
      _ stack: StackDirectory, _ name: String, _ count: Int, _ follow: Bool, _ line: @escaping @Sendable (String) -> Void
    ) async throws -> Void
  /// Puts a command in one in the place of this process; returns only by throwing.
  package var execute: @Sendable (_ stack: StackDirectory, _ name: String, _ command: [String], _ isTerminal: Bool) throws -> Void
  /// Ends and removes all of a stack whose daemon was killed; their names.
  package var end: @Sendable (_ stack: StackDirectory) async throws -> [String]
  /// What `up` would change. Changes nothing.
  package var plan: @Sendable (_ stack: StackDirectory, _ settings: StackSettings) async throws -> PlanReport

  package init(
    names: @escaping @Sendable (StackDirectory) -> [String],
    check: @escaping @Sendable (StackDirectory, StackSettings) async throws -> Void,
    logs: @escaping @Sendable (StackDirectory, String, Int, Bool, @escaping @Sendable (String) -> Void) async throws -> Void,
    execute: @escaping @Sendable (StackDirectory, String, [String], Bool) throws -> Void,
    end: @escaping @Sendable (StackDirectory) async throws -> [String],
    plan: @escaping @Sendable (StackDirectory, StackSettings) async throws -> PlanReport
  ) {
    self.names = names
    self.check = check
    self.logs = logs
    self.execute = execute
    self.end = end
    self.plan = plan
  }

  /// Of a stack without containers.
  package static let none = ContainerAccess(
    names: { _ in [] }, check: { _, _ in }, logs: { _, _, _, _, _ in }, execute: { _, _, _, _ in }, end: { _ in [] },
    plan: { _, _ in PlanReport(files: [], services: [], warnings: []) })
}
