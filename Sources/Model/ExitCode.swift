/// What a verb ends with.
package enum ExitCode: Int32, Sendable {
  case done = 0
  case failed = 1
  case wrongUsage = 2
  /// The settings have problems.
  case settings = 3
  /// Something needed is missing; the message names it.
  case missing = 4
  /// Another leanto is at work on this stack.
  case busy = 5
}
