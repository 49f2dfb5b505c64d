import TestSupport
import Testing

/// Runs each case on a thread that may block, and, where the engine is only a yardstick, counts failures instead of
/// asserting. Where Caddy is known to differ, it has to.
struct Conformance: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void) async throws {
    try await withTaskExecutorPreference(BlockingExecutor.shared) {
      switch Engine.chosen {
      case .builtin: try await function()
      case .caddy:
        guard let testCase, let difference = CaddyDifference.find(test.displayName ?? "", String(reflecting: testCase)) else {
          return try await function()
        }
        await withKnownIssue("\(difference.reason)", isIntermittent: difference.isIntermittent) { try await function() }
      case .nginx: await withKnownIssue("nginx differs", isIntermittent: true) { try await function() }
      }
    }
  }
}

extension Trait where Self == Conformance {
  static var conformance: Self { Conformance() }
}

/// A row of a table: what is expected, where it is written, and what to send.
struct Case<Value: Sendable>: Sendable, CustomTestStringConvertible {
  let sentence: String
  let source: String
  let value: Value

  init(_ sentence: String, _ source: String, _ value: Value) {
    self.sentence = sentence
    self.source = source
    self.value = value
  }

  var testDescription: String { source.isEmpty ? sentence : "\(sentence) (\(source))" }
}

/// Expects that `body` meets the end of its connection in the middle of something, and neither a whole message nor silence.
func expectBreak(sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void) {
  do {
    try body()
    Issue.record("it looked whole", sourceLocation: sourceLocation)
  } catch {
    #expect((error as? WireError)?.isEnd == true, "\(error)", sourceLocation: sourceLocation)
  }
}

/// Expects that nothing comes, and that the connection stays, until the deadline that `body` waits for.
func expectSilence(sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void) {
  do {
    try body()
    Issue.record("something came", sourceLocation: sourceLocation)
  } catch WireError.timedOut {
    return
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
}
