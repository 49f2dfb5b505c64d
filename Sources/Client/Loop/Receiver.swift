/// What libcurl's callbacks of one transfer reach: used on the loop's thread only.
final class Receiver {
  enum Verdict { case taken, pause, stop }

  let inflow: Inflow
  var deadlines: Deadlines
  private(set) var isPaused = false
  /// Why a callback stopped the transfer.
  private(set) var failure: ClientError?
  private var reader: HeadReader

  init(inflow: Inflow, deadlines: Deadlines, followsRedirects: Bool) {
    self.inflow = inflow
    self.deadlines = deadlines
    reader = HeadReader(followsRedirects: followsRedirects)
  }

  func take(line: [UInt8]) -> Verdict {
    deadlines.lastByte = .now
    do throws(ClientError) {
      if let head = try reader.take(line: line) { inflow.open(head) }
      return .taken
    } catch {
      failure = error
      return .stop
    }
  }

  func take(body: [UInt8]) -> Verdict {
    deadlines.lastByte = .now
    isPaused = !inflow.push(body)
    return isPaused ? .pause : .taken
  }

  func resumed() {
    isPaused = false
    deadlines.lastByte = .now
  }

  var hasHead: Bool { reader.isComplete }
}
