import Model

extension Form where Value == [ServiceSettings] {
  /// `name: { ... }`, in the file's order.
  static var services: Form {
    Form(expectation: "names with a service each") { cursor, expectation in
      guard let children = cursor.section(expectation)?.children else { return nil }
      // What is compared each with each stays cheap.
      if children.count > 1000 { cursor.problem("should be at most 1000 services, not \(children.count)") }
      let names = children.map(\.name)
      return children.prefix(200).compactMap { name, cursor in
        if name == "leanto" {
          cursor.problem("is taken by leanto itself: choose another name")
        } else if !isPlainName(name) {
          cursor.problem("should be \(Form<String>.plainName.expectation)")
        }
        return Form<ServiceSettings>.service(name.shown, among: names).read(cursor)
      }
    }
  }
}

extension Form where Value == ServiceSettings {
  fileprivate static func service(_ name: String, among names: [String]) -> Form {
    Form(expectation: "keys and values, such as { preset: n8n }") { cursor, expectation in
      cursor.reading(expectation) { section in
        var service = ServiceSettings(name: name)
        service.read(section, names)
        return service
      }
    }
  }
}

extension ServiceSettings {
  fileprivate mutating func read(_ section: Section, _ names: [String]) {
    let presets = section.cursor.reader.presets
    section.take("preset", into: &preset, .preset(presets))
    let publicPath = Form<String>.publicPath(of: section.has("preset") ? preset ?? "" : nil, presets)
    section.take("version", into: &version, .version)
    section.take("at", into: &at, .place)
    section.take("prefix", into: &prefix, .choice)
    section.take("public", into: &`public`, .list(publicPath, of: "classes of the preset or paths"))
    section.take("auth", into: &authentication, .choice)
    section.take("upstream", into: &upstream, .upstream)
    section.take("command", into: &command, .command)
    section.take("port", into: &port, .port)
    section.take("image", into: &image, .image)
    section.take("volumes", into: &volumes, .list(.volume, of: "volumes such as data/worker:/data"))
    section.take("environment", into: &environment, .environment)
    section.take("data", into: &data, .list(.dataPath, of: "files and folders"))
    section.take("after", into: &after, .list(.name(of: "service", among: names), of: "services"))
    section.take("health", into: &health, .health)
    section.take("limits", into: &limits, .section)
    section.take("echo", into: &echo, .absolutePath)
  }
}

extension ServiceSettings.Limits: SettingsSection {
  mutating func read(_ section: Section) {
    section.take("memory", into: &memory, .size((1 << 20)...(1 << 50)))
    section.take("cpus", into: &cpus, .processors)
  }
}

extension Form where Value == Double {
  fileprivate static var processors: Form {
    .scalar("a number of processors such as 0.5 or 2") { text in
      let isNumber = text.utf8.first.map(isDigit) == true && text.utf8.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ".") }
      return isNumber ? Double(text).flatMap { (0.01...1024).contains($0) ? $0 : nil } : nil
    }
  }
}

extension Form where Value == [String: String] {
  fileprivate static var environment: Form {
    Form(expectation: "names and values such as { MODE: fast }") { cursor, expectation in
      cursor.section(expectation)?.children.reduce(into: [:]) { values, child in
        if !isVariableName(child.name) {
          child.cursor.problem("should be a variable's name of letters, digits and _")
        } else if child.cursor.node.isNull {
          values[child.name] = ""
        } else {
          values[child.name] = child.cursor.text("text")
        }
      }
    }
  }
}

extension Form where Value == HealthCheck {
  fileprivate static var health: Form {
    Form(expectation: "tcp, none, { http: /path, status: 200 } or { command: [...] }") { cursor, expectation in
      if cursor.isWord("tcp") { return .tcp }
      if cursor.isWord("none") || cursor.isWord("off") { return HealthCheck.none }
      guard case .mapping = cursor.node.value else {
        cursor.mismatch(expectation)
        return nil
      }
      return cursor.reading(expectation) { section in
        var (path, contains, command): (String?, String?, [String]?)
        var status = 200
        section.take("http", into: &path, .absolutePath)
        section.take("status", into: &status, .count(100...599))
        section.take("contains", into: &contains, .text("text that the answer holds"))
        section.take("command", into: &command, .command)
        if section.has("http") != section.has("command"),
          section.has("http") || !section.has("status") && !section.has("contains")
        {
          return path.map { .http(path: $0, status: status, contains: contains) } ?? command.map { .command($0) }
        }
        cursor.problem("should be \(expectation)")
        return nil
      }
    }
  }
}
