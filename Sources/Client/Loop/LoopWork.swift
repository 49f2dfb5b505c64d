/// All that the loop's thread holds: transfers by libcurl, and bare connections.
struct LoopWork {
  private struct Transfer {
    var easy: Easy
    var receiver: Receiver
    var request: ClientRequest
    var isBare: Bool
  }

  private let multi: Multi
  private var transfers: [TransferID: Transfer] = [:]
  private var channels: [TransferID: Channel] = [:]
  private(set) var isStopped = false

  init(multi: Multi) { self.multi = multi }

  mutating func carryOut(_ command: Command) {
    switch command {
    case .send(let id, let request, let inflow): start(id, request, inflow, isBare: false)
    case .connect(let id, let request, let inflow): start(id, request, inflow, isBare: true)
    case .write(let id, let bytes, let done): write(id, bytes, done)
    case .resume(let id): resume(id)
    case .cancel(let id): end(id, with: .cancelled)
    case .stop: isStopped = true
    }
  }

  /// Lets libcurl work, and ends what is complete or has taken too long.
  mutating func advance() {
    multi.perform()
    while let (key, outcome) = multi.nextOutcome() {
      guard let (id, transfer) = transfers.first(where: { $0.value.easy.key == key }) else { continue }
      complete(id, transfer, outcome)
    }
    for id in channels.keys { channels[id]?.advance() }
    for (id, channel) in channels where channel.isOver { channels[id] = nil }
    endOverdue()
  }

  /// Sleeps until something can be done.
  mutating func wait() {
    var nearest: Deadlines.Instant?
    for transfer in transfers.values {
      guard let next = transfer.receiver.deadlines.next(isPaused: transfer.receiver.isPaused) else { continue }
      nearest = min(nearest ?? next, next)
    }
    for channel in channels.values {
      guard let next = channel.deadlines.next(isPaused: false) else { continue }
      nearest = min(nearest ?? next, next)
    }
    multi.poll(channels.values.compactMap(\.interest), until: nearest)
  }

  mutating func cancelAll() {
    for id in Array(transfers.keys) + Array(channels.keys) { end(id, with: .cancelled) }
  }

  private mutating func start(_ id: TransferID, _ request: ClientRequest, _ inflow: Inflow, isBare: Bool) {
    let receiver = Receiver(
      inflow: inflow, deadlines: Deadlines(request.timeouts, now: .now), followsRedirects: request.redirects > 0)
    do throws(ClientError) {
      let easy = try Easy(request, isBare: isBare, receiver: receiver)
      guard multi.add(easy) else { throw .failed(code: 27, reason: "out of memory") }
      transfers[id] = Transfer(easy: easy, receiver: receiver, request: request, isBare: isBare)
    } catch {
      inflow.finish(error)
    }
  }

  private mutating func complete(_ id: TransferID, _ transfer: Transfer, _ outcome: CurlOutcome) {
    let error = transfer.receiver.failure ?? transfer.easy.error(outcome, of: transfer.request)
    var socket: Socket?
    if error == nil, transfer.isBare { socket = transfer.easy.duplicatedSocket() }
    multi.remove(transfer.easy)
    transfers[id] = nil
    guard transfer.isBare, error == nil else {
      let isHeadless = error == nil && !transfer.receiver.hasHead
      return transfer.receiver.inflow.finish(isHeadless ? .closedEarly(by: transfer.request.destination) : error)
    }
    guard let socket else {
      return transfer.receiver.inflow.finish(.failed(code: 7, reason: "the connection could not be taken over"))
    }
    channels[id] = Channel(
      socket: socket, inflow: transfer.receiver.inflow, deadlines: transfer.receiver.deadlines,
      place: transfer.request.destination)
    transfer.receiver.inflow.open(ResponseHead(status: 0))
  }

  private mutating func write(_ id: TransferID, _ bytes: [UInt8], _ done: @escaping @Sendable (ClientError?) -> Void) {
    guard channels[id] != nil else { return done(.cancelled) }
    channels[id]?.write(bytes, done)
  }

  private mutating func resume(_ id: TransferID) {
    guard let transfer = transfers[id] else { return }
    transfer.receiver.resumed()
    transfer.easy.resume()
  }

  private mutating func end(_ id: TransferID, with error: ClientError) {
    if let transfer = transfers.removeValue(forKey: id) {
      multi.remove(transfer.easy)
      transfer.receiver.inflow.finish(error)
    }
    channels[id]?.end(error)
    channels[id] = nil
  }

  private mutating func endOverdue() {
    let now = Deadlines.Instant.now
    for (id, transfer) in transfers {
      let receiver = transfer.receiver
      if let error = receiver.deadlines.isOver(at: now, isPaused: receiver.isPaused, place: transfer.request.destination) {
        end(id, with: error)
      }
    }
    for (id, channel) in channels {
      if let error = channel.deadlines.isOver(at: now, isPaused: false, place: channel.place) { end(id, with: error) }
    }
  }
}
