import Client
import Model
import Synchronization
import TestSupport
import Testing

@Suite("Answers")
struct AnswerTests {
  let client = HTTPClient()

  @Test("A whole answer comes with its status, its fields in order and its body")
  func wholeAnswer() async throws {
    let server = try ScriptedServer { connection in
      _ = try connection.readHead()
      try connection.write("HTTP/1.1 203 Fine\r\nX-One: 1\r\nSet-Cookie: a\r\nset-cookie:b \r\nContent-Length: 5\r\n\r\nhello")
    }
    let answer = try await client.send(ClientRequest(host: "127.0.0.1", port: server.port, target: "/"))
    #expect(answer.status == 203)
    #expect(answer.text == "hello")
    #expect(answer.head.values("SET-COOKIE") == ["a", "b"])
    #expect(answer.head.fields.map(\.name) == ["X-One", "Set-Cookie", "set-cookie", "Content-Length"])
  }

  @Test(
    "The request line and the fields go out as given",
    arguments: [
      "/", "/a/../b", "//x//", "/%2e%2e/%2F", "/./", "/a;b?c=%20&d", "*", "http://other.example/x", "/ä",
    ])
  func rawTarget(target: String) async throws {
    let server = try echoingServer()
    let request = ClientRequest(
      "PROPFIND", host: "127.0.0.1", port: server.port, target: target,
      fields: [("Host", "public.example"), ("Authorization", "one"), ("Authorization", "two"), ("X-Empty", "")])
    let head = try await client.send(request).text
    #expect(head.hasPrefix("PROPFIND \(target) HTTP/1.1\r\n"))
    #expect(head.contains("Host: public.example\r\n"))
    #expect(head.contains("Authorization: one\r\nAuthorization: two\r\n"))
    #expect(head.contains("X-Empty:\r\n"))
    #expect(head.contains("User-Agent: leanto\r\n"))
  }

  @Test(
    "A body goes out with its length and nothing that the caller did not say",
    arguments: [("POST", 0), ("POST", 5), ("PUT", 3_000_000), ("GET", 4), ("DELETE", 2)])
  func body(method: String, size: Int) async throws {
    let server = try ScriptedServer { connection in
      let head = try connection.readHead()
      let body = try connection.read(size)
      let isWhole = body.allSatisfy { $0 == 0x61 }
      try answer(connection, head + (isWhole ? "whole" : "broken"))
    }
    let request = ClientRequest(
      method, host: "127.0.0.1", port: server.port, target: "/", body: Array(repeating: 0x61, count: size))
    let text = try await client.send(request).text
    #expect(text.hasPrefix("\(method) / HTTP/1.1\r\n"))
    #expect(text.contains("Content-Length: \(size)\r\n"))
    #expect(!text.contains("Content-Type") && !text.contains("Expect"))
    #expect(text.hasSuffix("whole"))
  }

  @Test("HEAD, 204 and interim answers end where they should")
  func bodiless() async throws {
    let server = try ScriptedServer { connection in
      let head = try connection.readHead()
      let line = head.hasPrefix("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 1000" : "HTTP/1.1 204 None"
      try connection.write("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n\(line)\r\nConnection: close\r\n\r\n")
      // Kept open: the end must come from the head alone.
      _ = connection.clientIsGone(within: 10)
    }
    let head = try await client.send(ClientRequest("HEAD", host: "127.0.0.1", port: server.port, target: "/"))
    #expect(head.status == 200 && head.body.isEmpty && head.field("Link") == nil)
    let none = try await client.send(ClientRequest(host: "127.0.0.1", port: server.port, target: "/"))
    #expect(none.status == 204 && none.body.isEmpty)
  }

  @Test("A redirect is handed over unless following is asked for, and then at most so often")
  func redirects() async throws {
    let server = try ScriptedServer { connection in
      while true {
        let head = try connection.readHead()
        if head.hasPrefix("GET /end/../x ") { try answer(connection, "there") }
        let next = head.hasPrefix("GET /loop") ? "/loop" : "/end/../x"
        try connection.write("HTTP/1.1 302 Found\r\nLocation: \(next)\r\nContent-Length: 4\r\n\r\nbody")
      }
    }
    var request = ClientRequest(host: "127.0.0.1", port: server.port, target: "/start")
    #expect(try await client.send(request).status == 302)
    request.redirects = 3
    let followed = try await client.send(request)
    #expect(followed.status == 200 && followed.text == "there")
    request.target = "/loop"
    await #expect(throws: ClientError.tooManyRedirects(limit: 3)) { try await client.send(request) }
  }

  @Test("Connections are used again for what may be sent twice, and new ones made for what may not")
  func pool() async throws {
    let server = try ScriptedServer { connection in
      while true {
        _ = try connection.readHead()
        try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      }
    }
    for _ in 0..<3 { _ = try await client.send(ClientRequest(host: "127.0.0.1", port: server.port, target: "/")) }
    #expect(server.accepted == 1)
    for _ in 0..<2 {
      _ = try await client.send(ClientRequest("POST", host: "127.0.0.1", port: server.port, target: "/", body: []))
    }
    #expect(server.accepted == 3)
  }

  @Test("A connection rule goes to another place and leaves the request as it is", arguments: ["TCP", "socket", "long path"])
  func connectsElsewhere(kind: String) async throws {
    let folder = try newSocketFolder() + (kind == "long path" ? "/" + String(repeating: "d", count: 120) : "")
    defer { removeFolder(folder) }
    makeFolder(folder)
    let path = kind == "TCP" ? nil : shortcut(folder) + "/s"
    let server = try ScriptedServer(unix: path) { try answer($0, $0.readHead()) }
    var request = ClientRequest(host: "public.example", port: 80, target: "/x")
    request.connectsTo = path == nil ? .tcp(host: "127.0.0.1", port: server.port) : .unix(path: folder + "/s")
    let head = try await client.send(request).text
    #expect(head.hasPrefix("GET /x HTTP/1.1\r\nHost: public.example\r\n"))
  }

  @Test("Many at once all get their own answer")
  func parallel() async throws {
    let server = try ScriptedServer { connection in
      let head = try connection.readHead()
      try answer(connection, String(head.prefix { !$0.isNewline }))
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<40 {
        group.addTask { [client] in
          let text = try await client.send(ClientRequest(host: "127.0.0.1", port: server.port, target: "/\(number)")).text
          #expect(text == "GET /\(number) HTTP/1.1")
        }
      }
      try await group.waitForAll()
    }
  }
}

/// Answers each request with its own head as the body, and closes.
func echoingServer() throws -> ScriptedServer {
  try ScriptedServer { connection in try answer(connection, connection.readHead()) }
}

func answer(_ connection: ScriptedConnection, _ body: String) throws {
  try connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
}
