package import Model

/// A verb could not do its work: what happened, and what to type next.
package struct CommandFailure: Error, Sendable, Hashable {
  package var code: ExitCode
  /// What happened and what it means, a sentence without its full stop.
  package var message: String
  /// Lines that explain it, such as the last ones of a log.
  package var details: [String]
  /// The command that mends it; empty when there is none.
  package var remedy: String

  package init(_ code: ExitCode = .failed, _ message: String, details: [String] = [], remedy: String = "") {
    self.code = code
    self.message = message
    self.details = details
    self.remedy = remedy
  }

  var text: String {
    let lines = ["leanto: \(message)"] + details.map { "  | \(Visible.text($0))" } + (remedy.isEmpty ? [] : ["Try: \(remedy)"])
    return lines.joined(separator: "\n") + "\n"
  }
}
