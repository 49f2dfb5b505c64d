internal import Glibc

package func environmentValue(_ name: String) -> String? {
  unsafe getenv(name).map { unsafe String(cString: $0) }
}

/// A new empty folder, 0700.
func makeScratchFolder() throws -> String {
  var name = octets((environmentValue("TMPDIR") ?? "/tmp") + "/leanto-conformance-XXXXXX").map { CChar(bitPattern: $0) } + [0]
  guard unsafe mkdtemp(&name) != nil else { throw WireError.system(call: "mkdtemp", code: errno) }
  return latin1(name.dropLast().map { UInt8(bitPattern: $0) })
}

func makeFolder(_ path: String, mode: mode_t = 0o700) throws {
  guard unsafe mkdir(path, mode) == 0 else { throw WireError.system(call: "mkdir \(path)", code: errno) }
}

/// Written beside it and renamed, so that nobody reads half a file.
func writeText(_ text: String, to path: String, mode: mode_t = 0o600) throws {
  let descriptor = unsafe open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
  guard descriptor >= 0 else { throw WireError.system(call: "open \(path)", code: errno) }
  let bytes = Array(text.utf8)
  let count = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
  close(descriptor)
  guard count == bytes.count, unsafe rename(path + ".new", path) == 0 else {
    throw WireError.system(call: "write \(path)", code: errno)
  }
}

func readText(_ path: String) -> String? {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var all = [UInt8]()
  var part = [UInt8](repeating: 0, count: 65536)
  while case let count = unsafe part.withUnsafeMutableBytes({ unsafe read(descriptor, $0.baseAddress, $0.count) }), count > 0 {
    all += part.prefix(count)
  }
  return String(decoding: all, as: UTF8.self)
}

func removeTree(_ path: String) {
  if unsafe remove(path) == 0 { return }
  guard let folder = unsafe opendir(path) else { return }
  while let entry = unsafe readdir(folder) {
    let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
      unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
    }
    if name != ".", name != ".." { removeTree(path + "/" + name) }
  }
  unsafe closedir(folder)
  _ = unsafe remove(path)
}
