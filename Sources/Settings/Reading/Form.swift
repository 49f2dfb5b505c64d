/// How a value is written, and how it is read. `read` gives nil after telling a problem.
struct Form<Value> {
  /// Completes "should be ...".
  var expectation: String
  var read: (_ cursor: Cursor, _ expectation: String) -> Value?
}

extension Form {
  func read(_ cursor: Cursor) -> Value? { read(cursor, expectation) }

  /// One word or text. `parse` gives nil for what is not `expectation`, and throws where it knows better what is wrong.
  static func scalar(_ expectation: String, _ parse: @escaping (String) throws(Complaint) -> Value?) -> Form {
    Form(expectation: expectation) { cursor, expectation in
      guard let text = cursor.text(expectation) else { return nil }
      do throws(Complaint) {
        if let value = try parse(text) { return value }
        cursor.mismatch(expectation)
      } catch {
        cursor.complain(error)
      }
      return nil
    }
  }

  /// `keyword` stands for `value`.
  func or(_ keyword: String, _ value: Value) -> Form {
    // "a, or off" after what has an "or" of its own.
    let separator = expectation.contains(" or ") ? ", or" : " or"
    return Form(expectation: "\(expectation)\(separator) \(keyword)") { cursor, expectation in
      cursor.isWord(keyword) ? value : self.read(cursor, expectation)
    }
  }

  /// `form`, or `keyword` (`off`, `auto`) for nil.
  static func orNil<Wrapped>(_ form: Form<Wrapped>, _ keyword: String = "off") -> Form where Value == Wrapped? {
    form.map { $0 }.or(keyword, nil)
  }

  func map<Other>(_ change: @escaping (Value) -> Other) -> Form<Other> {
    Form<Other>(expectation: expectation) { cursor, expectation in self.read(cursor, expectation).map(change) }
  }

  /// `[a, b]`, or nothing at all for none. Every item that can be read is; one that cannot is a problem.
  static func list<Item>(_ item: Form<Item>, of items: String) -> Form where Value == [Item] {
    Form(expectation: "a list of \(items)") { cursor, expectation in
      if cursor.node.isNull { return [] }
      guard case .sequence(let nodes) = cursor.node.value else {
        cursor.mismatch(expectation)
        return nil
      }
      return nodes.enumerated().compactMap { index, node in
        let path = "\(cursor.path)[\(index)]"
        cursor.reader.note(path, line: node.line)
        return item.read(Cursor(node: node, path: path, line: node.line, reader: cursor.reader))
      }
    }
  }
}

extension Form where Value: SettingsSection {
  /// Keys and values; nothing at all means every default.
  static var section: Form {
    Form(expectation: "keys and values") { cursor, expectation in
      cursor.reading(expectation) { section in
        var value = Value()
        value.read(section)
        return value
      }
    }
  }
}
