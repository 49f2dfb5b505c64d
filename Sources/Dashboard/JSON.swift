import FoundationEssentials

/// The one way in which this target writes JSON: fields sorted, so that an unchanged answer has unchanged bytes.
enum JSON {
  static func bytes(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Only numbers that are no numbers can fail here, and no value of ours has any.
    return (try? encoder.encode(value)).map { Array($0) + [0x0A] } ?? Array("{}\n".utf8)
  }
}
