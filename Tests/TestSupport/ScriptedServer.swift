internal import Glibc
internal import Synchronization

/// A server whose every byte the test decides: each connection runs the script on a thread of its own, with blocking calls.
package final class ScriptedServer: Sendable {
  package let port: UInt16
  private let listener: Int32
  private let path: String?
  private let script: @Sendable (ScriptedConnection) throws -> Void
  private let seen = Mutex((accepted: 0, live: [ObjectIdentifier: ScriptedConnection](), isStopped: false))

  /// How many connections came.
  package var accepted: Int { seen.withLock { $0.accepted } }

  /// On a free port of 127.0.0.1, or at a unix socket.
  package init(
    unix path: String? = nil, _ script: @escaping @Sendable (ScriptedConnection) throws -> Void
  ) throws {
    self.path = path
    self.script = script
    if let path {
      (listener, port) = (try listenUnix(path), 0)
    } else {
      (listener, port) = try listenTCP()
    }
    startTestThread { [weak self, listener] in
      while true {
        let accepted = accept(listener, nil, nil)
        guard accepted >= 0, let self, self.take(accepted) else {
          if accepted >= 0 { close(accepted) }
          break
        }
      }
      // Only here: a number closed elsewhere could name another test's listener by the next accept.
      close(listener)
    }
  }

  deinit { stop() }

  /// Closes the listener and every connection.
  package func stop() {
    let live = seen.withLock { seen in
      let first = !seen.isStopped
      seen.isStopped = true
      return first ? Array(seen.live.values) : nil
    }
    guard let live else { return }
    shutdown(listener, Int32(SHUT_RDWR))
    for connection in live { connection.interrupt() }
    if let path { unsafe unlink(path) }
  }

  private func take(_ descriptor: Int32) -> Bool {
    let connection = ScriptedConnection(descriptor)
    let isTaken = seen.withLock { seen in
      guard !seen.isStopped else { return false }
      seen.accepted += 1
      seen.live[ObjectIdentifier(connection)] = connection
      return true
    }
    guard isTaken else { return false }
    let script = self.script
    startTestThread { [weak self] in
      try? script(connection)
      connection.close()
      self?.seen.withLock { $0.live[ObjectIdentifier(connection)] = nil }
    }
    return true
  }
}

package struct ScriptedError: Error {
  package var what: String
}

/// One accepted connection, used by its script alone.
package final class ScriptedConnection: Sendable {
  private let descriptor: Mutex<Int32>
  private let unread = Mutex<[UInt8]>([])

  fileprivate init(_ descriptor: Int32) { self.descriptor = Mutex(descriptor) }

  private var current: Int32 { descriptor.withLock { $0 } }

  /// The request line and fields, through the empty line.
  package func readHead() throws -> String {
    let end = Array("\r\n\r\n".utf8)
    while true {
      let head: [UInt8]? = unread.withLock { bytes in
        guard let range = bytes.firstRange(of: end) else { return nil }
        defer { bytes.removeSubrange(..<range.upperBound) }
        return Array(bytes[..<range.upperBound])
      }
      if let head { return String(decoding: head, as: UTF8.self) }
      try fill()
    }
  }

  package func read(_ count: Int) throws -> [UInt8] {
    while unread.withLock({ $0.count }) < count { try fill() }
    return unread.withLock { bytes in
      defer { bytes.removeFirst(count) }
      return Array(bytes.prefix(count))
    }
  }

  package func write(_ text: String) throws { try write(Array(text.utf8)) }

  package func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = unsafe rest.withUnsafeBytes { unsafe send(current, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard sent > 0 else { throw ScriptedError(what: "the client is gone") }
      rest = rest.dropFirst(sent)
    }
  }

  /// What a slow server does; never a way to wait for a condition.
  package func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

  /// Waits until the client closed or reset the connection; false when it did not within `seconds`.
  package func clientIsGone(within seconds: Double) -> Bool {
    let deadline = SuspendingClock.now.advanced(by: .seconds(seconds))
    while SuspendingClock.now < deadline {
      var descriptors = [pollfd(fd: current, events: Int16(POLLIN), revents: 0)]
      _ = unsafe poll(&descriptors, 1, 20)
      guard descriptors[0].revents != 0 else { continue }
      do { try fill() } catch { return true }
    }
    return false
  }

  /// Ends with RST in place of FIN.
  package func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    _ = unsafe setsockopt(current, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  package func close() {
    descriptor.withLock { descriptor in
      if descriptor >= 0 { _ = Glibc.close(descriptor) }
      descriptor = -1
    }
  }

  /// Wakes the script's thread out of a blocking call; the thread closes.
  fileprivate func interrupt() {
    descriptor.withLock { if $0 >= 0 { shutdown($0, Int32(SHUT_RDWR)) } }
  }

  private func fill() throws {
    var buffer = [UInt8](repeating: 0, count: 16 * 1024)
    let count = unsafe recv(current, &buffer, buffer.count, 0)
    guard count > 0 else { throw ScriptedError(what: "the client closed") }
    unread.withLock { $0 += buffer.prefix(count) }
  }
}

/// A port of 127.0.0.1 on which nothing listens: held, so that nobody else gets it meanwhile.
package final class DeafPort: Sendable {
  package let port: UInt16
  private let descriptor: Int32

  package init() throws { (descriptor, port) = try listenTCP(backlog: nil) }

  deinit { close(descriptor) }
}

/// A new folder below /tmp, for the test to remove.
package func newSocketFolder() throws -> String {
  var template = Array("/tmp/leanto-test-XXXXXX".utf8CString)
  guard unsafe mkdtemp(&template) != nil else { throw ScriptedError(what: "no folder could be made in /tmp") }
  return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private func listenTCP(backlog: Int32? = 64) throws -> (Int32, UInt16) {
  let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  var size = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isReady = unsafe withUnsafeMutablePointer(to: &address) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
      unsafe bind(listener, generic, size) == 0 && (backlog.map { listen(listener, $0) == 0 } ?? true)
        && getsockname(listener, generic, &size) == 0
    }
  }
  guard isReady else { throw ScriptedError(what: "no free port") }
  return (listener, UInt16(bigEndian: address.sin_port))
}

private func listenUnix(_ path: String) throws -> Int32 {
  let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  guard path.utf8.count < 108 else { throw ScriptedError(what: "the path is too long to listen at") }
  unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
  let isReady = unsafe withUnsafePointer(to: &address) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      unsafe bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 && listen(listener, 64) == 0
    }
  }
  guard isReady else { throw ScriptedError(what: "the socket could not be made") }
  return listener
}

private func startTestThread(_ body: @escaping @Sendable () -> Void) {
  let box = unsafe Unmanaged.passRetained(TestThreadBody(run: body))
  var thread = pthread_t()
  let code = unsafe pthread_create(&thread, nil, testThreadEntry, box.toOpaque())
  precondition(code == 0, "no thread could be started")
  pthread_detach(thread)
}

private final class TestThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(run: @escaping @Sendable () -> Void) { self.run = run }
}

private func testThreadEntry(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  unsafe Unmanaged<TestThreadBody>.fromOpaque(context!).takeRetainedValue().run()
  return nil
}
