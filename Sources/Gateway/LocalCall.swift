import Model

/// The client of a local page went away.
struct ClientLeft: Error {}

/// One request for a page of Leanto's own, on its way through async code and back to its event loop.
final class LocalCall: Sendable {
  let request: LocalRequest
  private let ticket: UInt64
  private let inbox: LoopInbox
  private let left: AsyncStream<Never>
  private let leaving: AsyncStream<Never>.Continuation

  init(request: LocalRequest, ticket: UInt64, inbox: LoopInbox) {
    self.request = request
    self.ticket = ticket
    self.inbox = inbox
    (left, leaving) = AsyncStream.makeStream()
  }

  /// From the event loop: nobody reads the answer any more.
  func clientLeft() { leaving.finish() }

  /// Runs the handler; it is cancelled when the client goes away.
  func perform(_ handler: @escaping LocalHandler) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.answer(handler) }
      group.addTask { for await _ in self.left {} }
      await group.next()
      group.cancelAll()
    }
  }

  private func answer(_ handler: LocalHandler) async {
    let response = await handler(request)
    inbox.post(.respond(ticket: ticket, response))
    guard case .stream(let produce) = response.body, request.method != "HEAD" else { return }
    do {
      try await produce(LocalBodyWriter { [self] in try await write($0) })
      inbox.post(.endOfPieces(ticket: ticket, failed: false))
    } catch {
      inbox.post(.endOfPieces(ticket: ticket, failed: true))
    }
  }

  private func write(_ bytes: [UInt8]) async throws {
    try Task.checkCancellation()
    guard !bytes.isEmpty else { return }
    try await withCheckedThrowingContinuation { continuation in
      if !inbox.post(.piece(ticket: ticket, bytes, continuation)) { continuation.resume(throwing: ClientLeft()) }
    }
  }
}
