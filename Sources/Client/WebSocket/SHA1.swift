/// FIPS 180-4, 6.1. Only for `Sec-WebSocket-Accept`, which RFC 6455 ties to it; it protects nothing.
package func sha1(_ message: [UInt8]) -> [UInt8] {
  var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
  let padded = padded(message)
  for start in stride(from: 0, to: padded.count, by: 64) { absorb(padded[start..<start + 64], into: &state) }
  return state.flatMap(bigEndian)
}

/// The message, a one bit, zeros, and its length in bits: a multiple of 64 bytes.
private func padded(_ message: [UInt8]) -> [UInt8] {
  let zeros = [UInt8](repeating: 0, count: (119 - message.count % 64) % 64)
  let bits = UInt64(message.count) * 8
  return message + [0x80] + zeros + bigEndian(UInt32(bits >> 32)) + bigEndian(UInt32(truncatingIfNeeded: bits))
}

private func absorb(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
  var words: [UInt32] = stride(from: block.startIndex, to: block.endIndex, by: 4).map { start in
    block[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
  for index in 16..<80 {
    words.append((words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]).rotated(1))
  }
  var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
  for (index, word) in words.enumerated() {
    let next = a.rotated(5) &+ round(index, b, c, d) &+ e &+ word
    (a, b, c, d, e) = (next, a, b.rotated(30), c, d)
  }
  for (index, value) in [a, b, c, d, e].enumerated() { state[index] &+= value }
}

/// The function and the constant of one of the eighty rounds.
private func round(_ index: Int, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> UInt32 {
  switch index {
  case 0..<20: ((b & c) | (~b & d)) &+ 0x5A82_7999
  case 20..<40: (b ^ c ^ d) &+ 0x6ED9_EBA1
  case 40..<60: ((b & c) | (b & d) | (c & d)) &+ 0x8F1B_BCDC
  default: (b ^ c ^ d) &+ 0xCA62_C1D6
  }
}

private func bigEndian(_ word: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }

extension UInt32 {
  fileprivate func rotated(_ count: UInt32) -> UInt32 { self << count | self >> (32 - count) }
}
