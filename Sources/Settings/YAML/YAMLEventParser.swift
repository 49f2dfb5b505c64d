import CYAML

/// One event of libyaml's parser, as safe values.
struct YAMLEvent {
  enum Kind {
    case streamStart, streamEnd, documentStart, documentEnd
    case scalar(text: String, isPlain: Bool)
    case sequenceStart, sequenceEnd, mappingStart, mappingEnd
    case alias
  }

  var kind: Kind
  /// From 1.
  var line: Int
  /// `&name` stands before it.
  var hasAnchor = false
  /// `!name` stands before it.
  var hasTag = false
}

/// Where libyaml gave up, in its words.
struct YAMLSyntaxError: Error {
  var problem: String
  /// From 1.
  var line: Int
  /// In characters.
  var offset = 0
  /// Where what is not finished begins, such as a list or a quote. From 1.
  var beginning: Int?
}

/// libyaml's event parser over bytes that it keeps a copy of. All unsafe calls to libyaml are in this file.
@safe struct YAMLEventParser: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>

  /// `bytes` must be UTF-8. Nil: there is no memory.
  init?(_ bytes: [UInt8]) {
    unsafe parser = .allocate(capacity: 1)
    unsafe input = .allocate(capacity: bytes.count)
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      unsafe parser.deallocate()
      unsafe input.deallocate()
      return nil
    }
    _ = unsafe input.initialize(from: bytes)
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe input.deallocate()
  }

  mutating func next() throws(YAMLSyntaxError) -> YAMLEvent {
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw syntaxError }
    defer { unsafe yaml_event_delete(&event) }
    return unsafe Self.value(of: event)
  }

  private var syntaxError: YAMLSyntaxError {
    let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "there is no memory"
    // The reader (encoding, control characters) gives an offset only, the scanner and the parser give a mark.
    let isFromReader = unsafe parser.pointee.error == YAML_READER_ERROR
    let offset = unsafe isFromReader ? parser.pointee.problem_offset : parser.pointee.problem_mark.index
    let line = unsafe isFromReader ? input.prefix(offset).count { $0 == 0x0A } : parser.pointee.problem_mark.line
    let beginning = unsafe parser.pointee.context == nil ? nil : parser.pointee.context_mark.line + 1
    return YAMLSyntaxError(problem: problem, line: line + 1, offset: offset, beginning: beginning)
  }

  private static func value(of event: yaml_event_t) -> YAMLEvent {
    var value = unsafe YAMLEvent(kind: kind(of: event), line: event.start_mark.line + 1)
    switch unsafe event.type {
    case YAML_SCALAR_EVENT:
      value.hasAnchor = unsafe event.data.scalar.anchor != nil
      value.hasTag = unsafe event.data.scalar.tag != nil
    case YAML_SEQUENCE_START_EVENT:
      value.hasAnchor = unsafe event.data.sequence_start.anchor != nil
      value.hasTag = unsafe event.data.sequence_start.tag != nil
    case YAML_MAPPING_START_EVENT:
      value.hasAnchor = unsafe event.data.mapping_start.anchor != nil
      value.hasTag = unsafe event.data.mapping_start.tag != nil
    default: break
    }
    return value
  }

  private static func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
    switch unsafe event.type {
    case YAML_STREAM_START_EVENT: .streamStart
    case YAML_DOCUMENT_START_EVENT: .documentStart
    case YAML_DOCUMENT_END_EVENT: .documentEnd
    case YAML_ALIAS_EVENT: .alias
    case YAML_SEQUENCE_START_EVENT: .sequenceStart
    case YAML_SEQUENCE_END_EVENT: .sequenceEnd
    case YAML_MAPPING_START_EVENT: .mappingStart
    case YAML_MAPPING_END_EVENT: .mappingEnd
    case YAML_SCALAR_EVENT:
      unsafe .scalar(text: text(of: event), isPlain: event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
    default: .streamEnd
    }
  }

  private static func text(of event: yaml_event_t) -> String {
    let scalar = unsafe event.data.scalar
    return unsafe String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
  }
}
