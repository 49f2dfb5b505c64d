import COpenSSL

/// What is wrong with a certificate or its key: a sentence without the file's name and without a secret.
package struct TLSProblem: Error, Sendable, Hashable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}

/// Takes the errors that OpenSSL noted for this thread; the last one says most.
func takeOpenSSLErrors() -> String {
  var text = ""
  while true {
    let code = ERR_get_error()
    guard code != 0 else { return text }
    var buffer = [CChar](repeating: 0, count: 256)
    unsafe ERR_error_string_n(code, &buffer, buffer.count)
    text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
