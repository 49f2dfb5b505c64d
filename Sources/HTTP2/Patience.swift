/// How many frames that lead to nothing a client may send: pings, settings, resets, priorities, empty pieces (CVE-2019-9511 to 9518,
/// CVE-2023-44487). Answers that are delivered renew it, so an honest client never notices.
package struct Patience: Sendable, Hashable {
  private static let most = 10_000
  private var left = 5_000
  private var rest = 0

  package init() {}

  package var isLost: Bool { left < 0 }

  package mutating func spend(_ count: Int) { left -= count }

  /// `bytes` of frames went to the client.
  package mutating func earn(_ bytes: Int) {
    rest += bytes
    left = min(Self.most, left + rest >> 10)
    rest &= 1023
  }

  /// A response is whole.
  package mutating func earnResponse() { left = min(Self.most, left + 20) }
}
