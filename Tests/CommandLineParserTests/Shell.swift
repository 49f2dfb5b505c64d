import Glibc

/// Runs a line of sh and returns what it printed; nil when it ended with another code than 0.
func shell(_ line: String) -> String? {
  guard let stream = unsafe popen(line, "r") else { return nil }
  var output: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = unsafe fread(&buffer, 1, buffer.count, stream)
    guard count > 0 else { break }
    output += buffer.prefix(count)
  }
  return unsafe pclose(stream) == 0 ? String(decoding: output, as: UTF8.self) : nil
}

func isInstalled(_ program: String) -> Bool { shell("command -v \(program)") != nil }

/// A file that is gone after `body`.
func withFile<Result>(_ text: String, _ body: (_ path: String) throws -> Result) throws -> Result {
  var template = Array("/tmp/leanto-parser-XXXXXX".utf8CString)
  let descriptor = unsafe mkstemp(&template)
  let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  defer { unsafe unlink(path) }
  let bytes = Array(text.utf8)
  let written = unsafe write(descriptor, bytes, bytes.count)
  close(descriptor)
  precondition(written == bytes.count)
  return try body(path)
}
