/// The manual page in man(7) markup, made from the declaration.
package struct ManualPage {
  package var program: Program
  package var version: String

  package init(_ program: Program, version: String) {
    self.program = program
    self.version = version
  }

  package var text: String {
    let title = program.name.uppercased()
    var lines = [
      ".TH \(title) 1 \"\" \"\(program.name) \(escaped(version))\" \"User Commands\"", ".SH NAME",
      "\(program.name) \\- \(escaped(program.summary))", ".SH SYNOPSIS", ".B \(program.name)",
      ".I VERB\n[\\fIOPTION\\fR]... [\\fIWORD\\fR]...",
    ]
    if !program.discussion.isEmpty { lines += [".SH DESCRIPTION"] + paragraphs(program.discussion) }
    lines.append(".SH VERBS")
    for entry in program.allVerbs where !entry.verb.isNoun { lines += section(entry.verb, entry.path) }
    lines += [".SH OPTIONS", "These may stand anywhere on the line."] + program.options.flatMap(definition)
    if !program.exitStatuses.isEmpty {
      lines += [".SH EXIT STATUS"] + program.exitStatuses.flatMap { [".TP", ".B \($0.code)", escaped($0.meaning)] }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func section(_ verb: Verb, _ path: [String]) -> [String] {
    let words = ["[\\fIOPTION\\fR]..."] + verb.arguments.map { "\\fI\(escaped($0.usage))\\fR" }
    let command = "\(program.name) \(path.joined(separator: " "))"
    var lines = [".SS \"\(escaped(path.joined(separator: " ")))\"", escaped(verb.summary) + ".", ".PP"]
    lines.append("\\fB\(escaped(command))\\fR \(words.joined(separator: " "))")
    if !verb.discussion.isEmpty { lines += [".PP"] + paragraphs(verb.discussion) }
    for argument in verb.arguments { lines += [".TP", ".I \(escaped(argument.name))", escaped(argument.summary)] }
    lines += verb.options.flatMap(definition)
    for example in verb.examples { lines += [".TP", ".B \(escaped(example.line))", escaped(example.meaning)] }
    return lines
  }

  private func definition(_ option: Option) -> [String] {
    let short = option.short.map { "\\fB\\-\($0)\\fR, " } ?? ""
    let value = option.isFlag ? "" : " \\fI\(escaped(option.placeholder))\\fR"
    return [".TP", "\(short)\\fB\(escaped(option.spelling))\\fR\(value)", escaped(option.summary)]
  }

  private func paragraphs(_ text: String) -> [String] {
    Array(Paragraphs.split(text).map { [escaped($0)] }.joined(separator: [".PP"]))
  }

  /// Backslashes and hyphens mean something to roff, as do a full stop and a quote at the start of a line.
  private func escaped(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let body = line.map { $0 == "\\" ? "\\e" : $0 == "-" ? "\\-" : String($0) }.joined()
      return body.hasPrefix(".") || body.hasPrefix("'") ? "\\&" + body : body
    }.joined(separator: "\n")
  }
}
