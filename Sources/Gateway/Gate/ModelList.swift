/// The lists of models that servers give, as one, with what they say of each untouched.
package struct ModelList {
  package enum Kind: Sendable, Equatable {
    /// `/api/tags`, `/api/ps`
    case native
    /// `/v1/models`
    case openAI
  }

  private let kind: Kind
  private var seen: Set<String> = []
  private var elements: [[UInt8]] = []

  package init(_ kind: Kind) { self.kind = kind }

  /// Adds the models of one server's answer that `isAllowed`; names that are there already are left out. False: it is no such list.
  package mutating func add(_ answer: [UInt8], where isAllowed: (String) -> Bool) -> Bool {
    do throws(JSONReader.Malformed) {
      for (name, range) in try elements(answer.span) where isAllowed(name) && seen.insert(name).inserted {
        elements.append(Array(answer[range]))
      }
      return true
    } catch {
      return false
    }
  }

  package var body: [UInt8] {
    let start = kind == .native ? "{\"models\":[" : "{\"object\":\"list\",\"data\":["
    return Array(start.utf8) + elements.joined(separator: [UInt8(ascii: ",")]) + Array("]}".utf8)
  }

  private func elements(_ bytes: Span<UInt8>) throws(JSONReader.Malformed) -> [(String, Range<Int>)] {
    var found: [(String, Range<Int>)] = []
    var reader = JSONReader()
    reader.skipSpace(bytes)
    guard try reader.beginObject(bytes) else { return [] }
    repeat {
      let key = try reader.key(bytes)
      let isList = bytes.extracting(key).equals(kind == .native ? "models" : "data") && bytes[reader.at] == UInt8(ascii: "[")
      if isList { found += try list(bytes, &reader) } else { try reader.skipValue(bytes) }
    } while try reader.nextMember(bytes)
    return found
  }

  private func list(_ bytes: Span<UInt8>, _ reader: inout JSONReader) throws(JSONReader.Malformed) -> [(String, Range<Int>)] {
    var found: [(String, Range<Int>)] = []
    guard try reader.beginArray(bytes) else { return [] }
    repeat {
      let start = reader.at
      if let name = try name(bytes, &reader) { found.append((name, start..<reader.at)) }
    } while try reader.nextElement(bytes)
    return found
  }

  /// Goes over one element. Nil: it has no name.
  private func name(_ bytes: Span<UInt8>, _ reader: inout JSONReader) throws(JSONReader.Malformed) -> String? {
    guard reader.at < bytes.count, bytes[reader.at] == UInt8(ascii: "{") else {
      try reader.skipValue(bytes)
      return nil
    }
    var name: String?
    guard try reader.beginObject(bytes) else { return nil }
    repeat {
      let key = try reader.key(bytes)
      let start = reader.at
      try reader.skipValue(bytes)
      guard bytes.extracting(key).equals(kind == .native ? "name" : "id"), bytes[start] == UInt8(ascii: "\"") else { continue }
      name = JSONString.decode(bytes, start + 1..<reader.at - 1)
    } while try reader.nextMember(bytes)
    return name
  }
}
