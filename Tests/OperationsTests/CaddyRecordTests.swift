import FoundationEssentials
import Model
import Operations
import TestSupport
import Testing

@Suite("Caddy's access records")
struct CaddyRecordTests {
  /// As Caddy 2.11.7 wrote it with the rendered file.
  static let line = #"""
    {"level":"info","ts":1795520579.77,"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"127.0.0.1",\#
    "remote_port":"53310","client_ip":"127.0.0.1","proto":"HTTP/1.1","method":"POST","host":"a","uri":"/pre/a%2Fb?..."},\#
    "bytes_read":7,"user_id":"","duration":0.045964824,"size":2,"status":200,"listener":"tunnel","client":"203.0.113.9",\#
    "user":"admin","service":"n8n"}
    """#

  @Test("A line becomes a record with what Leanto had said of the request")
  func read() throws {
    let record = try #require(CaddyRecord(line: Array(Self.line.utf8)))
    #expect(record.listener == .tunnel && record.client == "203.0.113.9" && record.user == "admin" && record.service == "n8n")
    #expect(record.request == "POST /pre/a%2Fb?..." && record.status == 200)
    #expect(record.sent == 2 && record.received == 7 && record.seconds == 0.045964824)
  }

  @Test("What is no record of a request is none", arguments: ["", "{}", "x", #"{"level":"warn","msg":"aborting"}"#])
  func others(line: String) { #expect(CaddyRecord(line: Array(line.utf8)) == nil) }

  @Test("Lines arrive whole however they are cut, from several connections, and the socket is for its owner alone")
  func socket() throws {
    try withFolder { folder in
      let path = folder + "/records.sock"
      let lines = Monitor([String]())
      let socket = try #require(
        CaddyRecordSocket(path: path) { batch in lines.change { $0 += batch.map { String(decoding: $0, as: UTF8.self) } } })
      try withExtendedLifetime(socket) {
        let connections = try (0..<2).map { _ in try RawConnection(path: path) }
        for connection in connections { try connection.send("one\ntw") }
        for connection in connections { try connection.send("o\n") }
        #expect(lines.wait(.patient) { $0.count == 4 ? $0.sorted() : nil } == ["one", "one", "two", "two"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
      }
    }
  }
}
