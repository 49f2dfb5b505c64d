/// What a request's body says of the model.
struct GateQuestion: Equatable {
  enum Model: Equatable {
    case named(String)
    /// There is none.
    case absent
    /// Two readers could find different ones: no JSON object, something after it, a name twice or in other case (Go's decoder takes
    /// `MODEL` for `model`, and the last one), a name that is no plain text.
    case unclear
  }

  var model: Model
  /// The client reads the answer as it is made.
  var streams = false

  init(model: Model, streams: Bool = false) {
    self.model = model
    self.streams = streams
  }

  init(_ body: Span<UInt8>) {
    do throws(JSONReader.Malformed) {
      self = try Self.read(body)
    } catch {
      self.init(model: .unclear)
    }
  }

  private static func read(_ body: Span<UInt8>) throws(JSONReader.Malformed) -> GateQuestion {
    var reader = JSONReader()
    var found = GateQuestion(model: .absent)
    reader.skipSpace(body)
    if try reader.beginObject(body) {
      repeat {
        let key = try reader.key(body)
        let start = reader.at
        try reader.skipValue(body)
        found.note(body, key, start..<reader.at)
      } while try reader.nextMember(body)
    }
    reader.skipSpace(body)
    guard reader.at == body.count else { throw JSONReader.Malformed() }
    return found
  }

  private mutating func note(_ body: Span<UInt8>, _ key: Range<Int>, _ value: Range<Int>) {
    if body.extracting(key).equals("stream") { streams = body.extracting(value).equals("true") }
    // Longer than five characters in their longest spelling.
    guard key.count <= 30 else { return }
    guard let name = JSONString.decode(body, key) else { return model = .unclear }
    guard isFolded(name, "model") else { return }
    guard case .absent = model, name == "model", body[value.lowerBound] == UInt8(ascii: "\""),
      let text = JSONString.decode(body, value.lowerBound + 1..<value.upperBound - 1), Self.isName(text)
    else { return model = .unclear }
    model = .named(text)
  }

  /// As decoders compare that know no case: Unicode's simple folding, of which only this much concerns Latin letters.
  private func isFolded(_ name: String, _ wanted: String) -> Bool { name.lowercased() == wanted }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 512
      && text.utf8.allSatisfy { byte in
        byte &- 48 <= 9 || (byte | 0x20) &- 97 <= 25 || "-._:/@".utf8.contains(byte)
      }
  }
}
