/// A piece of a YAML file and where it stands.
struct YAMLNode {
  enum Value {
    case scalar(text: String, isPlain: Bool)
    case sequence([YAMLNode])
    case mapping([YAMLEntry])
    /// Something that is not taken, already told as a problem: readers pass over it.
    case refused
  }

  var value: Value
  /// From 1.
  var line: Int

  /// Nothing was written: `key:`, `key: ~` or `key: null`.
  var isNull: Bool {
    guard case .scalar(let text, isPlain: true) = value else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  var isRefused: Bool {
    if case .refused = value { true } else { false }
  }
}

/// One `key: value`, in the file's order. A key stands once in a mapping.
struct YAMLEntry {
  var key: String
  var keyLine: Int
  var value: YAMLNode
}

/// What is wrong with a file as YAML.
struct YAMLProblem: Error {
  var line: Int
  /// The keys down to it, joined by dots; empty where there are none.
  var path = ""
  var message: String
}
