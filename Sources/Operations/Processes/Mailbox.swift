internal import Model

/// Messages from any thread to one reader. The reader may stop and come back: nothing is lost in between. Not bounded by itself;
/// what is sent is an answer to something that was asked for, or the end of a process.
final class Mailbox<Message: Sendable>: Sendable {
  private struct State: Sendable {
    var messages: [Message] = []
    var reader: CheckedContinuation<Void, Never>?
  }

  private let state = Lock(State())

  func send(_ message: Message) {
    take { $0.messages.append(message) }?.resume()
  }

  /// Everything that came since. Waits for a first message; empty only when the task was cancelled.
  func next() async -> [Message] {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mayGoOn = state.withLock { state in
          guard state.messages.isEmpty, !Task.isCancelled else { return true }
          state.reader = continuation
          return false
        }
        if mayGoOn { continuation.resume() }
      }
    } onCancel: {
      take { _ in }?.resume()
    }
    guard !Task.isCancelled else { return [] }
    return state.withLock { state in
      defer { state.messages = [] }
      return state.messages
    }
  }

  /// Changes the state and takes the waiting reader out of it.
  private func take(_ change: (inout State) -> Void) -> CheckedContinuation<Void, Never>? {
    state.withLock { state in
      change(&state)
      defer { state.reader = nil }
      return state.reader
    }
  }
}
