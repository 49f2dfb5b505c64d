/// Bounds on a settings file, so that no file can cost much.
enum YAMLLimits {
  static let bytes = 1024 * 1024
  static let depth = 32
  static let nodes = 20_000
}

/// A settings file as a tree, with what was wrong on the way. The tree is nil where the file is empty or not YAML at all.
struct YAMLTree {
  private(set) var root: YAMLNode?
  private(set) var problems: [YAMLProblem] = []
  private var nodes = 0

  /// `bytes` must be UTF-8.
  init(_ bytes: [UInt8]) {
    // Some editors put a byte order mark first; libyaml knows it only when it guesses the encoding.
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    do throws(YAMLProblem) {
      guard var parser = YAMLEventParser(bytes) else { throw YAMLProblem(line: 0, message: "there is no memory to read it") }
      try read(&parser, bytes)
    } catch {
      problems.append(error)
    }
  }

  private mutating func read(_ parser: inout YAMLEventParser, _ bytes: [UInt8]) throws(YAMLProblem) {
    do throws(YAMLSyntaxError) {
      while true {
        let event = try parser.next()
        switch event.kind {
        case .streamEnd: return
        case .documentStart where root != nil:
          problems.append(YAMLProblem(line: event.line, message: "should be one document: a second begins here, remove the ---"))
          return
        case .streamStart, .documentStart, .documentEnd: continue
        default: root = try node(event, &parser, path: "", depth: 1)
        }
      }
    } catch {
      throw error.advice(bytes)
    }
  }

  private mutating func node(
    _ event: YAMLEvent, _ parser: inout YAMLEventParser, path: String, depth: Int
  ) throws(YAMLSyntaxError) -> YAMLNode {
    nodes += 1
    guard nodes <= YAMLLimits.nodes else { throw .init(problem: "too many values", line: event.line) }
    guard depth <= YAMLLimits.depth else { throw .init(problem: "too deep", line: event.line) }
    refuseDecoration(of: event, path)
    switch event.kind {
    case .scalar(let text, let isPlain): return YAMLNode(value: .scalar(text: text, isPlain: isPlain), line: event.line)
    case .sequenceStart: return try sequence(from: event.line, &parser, path, depth)
    case .mappingStart: return try mapping(from: event.line, &parser, path, depth)
    default:
      add(event.line, path, "aliases (*name) are not taken here: write the value again")
      return YAMLNode(value: .refused, line: event.line)
    }
  }

  private mutating func sequence(
    from line: Int, _ parser: inout YAMLEventParser, _ path: String, _ depth: Int
  ) throws(YAMLSyntaxError) -> YAMLNode {
    var items: [YAMLNode] = []
    while true {
      let event = try parser.next()
      if case .sequenceEnd = event.kind { return YAMLNode(value: .sequence(items), line: line) }
      items.append(try node(event, &parser, path: "\(path)[\(items.count)]", depth: depth + 1))
    }
  }

  private mutating func mapping(
    from line: Int, _ parser: inout YAMLEventParser, _ path: String, _ depth: Int
  ) throws(YAMLSyntaxError) -> YAMLNode {
    var entries: [YAMLEntry] = []
    var lines: [String: Int] = [:]
    while true {
      let event = try parser.next()
      if case .mappingEnd = event.kind { return YAMLNode(value: .mapping(entries), line: line) }
      let key = try node(event, &parser, path: path, depth: depth + 1)
      let name = if case .scalar(let text, _) = key.value { text } else { "?" }
      let valuePath = path.isEmpty ? name.shown : "\(path).\(name.shown)"
      let value = try node(try parser.next(), &parser, path: valuePath, depth: depth + 1)
      guard case .scalar = key.value else {
        if !key.isRefused { add(key.line, path, "a key should be a word, not a list or a mapping") }
        continue
      }
      if let first = lines[name] {
        add(key.line, valuePath, "is written twice: line \(first) has it too")
      } else {
        lines[name] = key.line
        entries.append(YAMLEntry(key: name, keyLine: key.line, value: value))
      }
    }
  }

  private mutating func refuseDecoration(of event: YAMLEvent, _ path: String) {
    if event.hasAnchor { add(event.line, path, "anchors (&name) are not taken here: remove it") }
    if event.hasTag { add(event.line, path, "tags (!name) are not taken here: remove it, or put the value in quotes") }
  }

  private mutating func add(_ line: Int, _ path: String, _ message: String) {
    problems.append(YAMLProblem(line: line, path: path, message: message))
  }
}
