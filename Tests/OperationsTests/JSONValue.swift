import FoundationEssentials

/// Any JSON, for tests that compare what has no type of its own.
enum JSONValue: Decodable, Hashable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let found = try? value.decode(Bool.self) {
      self = .bool(found)
    } else if let found = try? value.decode(Double.self) {
      self = .number(found)
    } else if let found = try? value.decode(String.self) {
      self = .text(found)
    } else if let found = try? value.decode([JSONValue].self) {
      self = .list(found)
    } else {
      self = .object(try value.decode([String: JSONValue].self))
    }
  }

  /// Nil when it is no JSON.
  init?(_ text: some StringProtocol) {
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) else { return nil }
    self = value
  }

  subscript(name: String) -> JSONValue? {
    if case .object(let values) = self { values[name] } else { nil }
  }

  /// Values under `names`, wherever they stand, become the names of their kinds: what no two runs have in common.
  func without(_ names: Set<String>) -> JSONValue {
    switch self {
    case .list(let values): .list(values.map { $0.without(names) })
    case .object(let values):
      .object(
        values.reduce(into: [:]) { $0[$1.key] = names.contains($1.key) ? .text($1.value.kind) : $1.value.without(names) })
    default: self
    }
  }

  private var kind: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .number: "number"
    case .text: "text"
    case .list: "list"
    case .object: "object"
    }
  }
}
