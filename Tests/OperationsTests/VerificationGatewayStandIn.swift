import Client
import Model
import Operations
import TestSupport

/// One way in which a gateway can break its promises.
enum GatewayFault: String, CaseIterable, Sendable {
  case internalAsks, internalHasNoRoute, serviceIsDown
  case tunnelRefusesRightCredentials, forwardsWrongClient, forwardsHTTP, believesForgedUser, confusesListeners, keepsOwnHost
  case letsStrangersIn, letsWrongPasswordsIn, letsNoColonIn, letsNotBase64In, readsFirstOfTwo, localDoorIsOpen
  case challengesWithoutField, serviceAsksInstead, answersStrangersWithBadGateway
  case closesPublicPath, matchesPrefixAsText, matchesAnyCase, walksOutOfPublicPath, decodesPublicPath
  case refusesWebSocket, opensWebSocketToStrangers, echoesSomethingElse
  case holdsStreamBack, streamIsEmpty, streamFails, streamBreaksOff
  case hangsUp
}

/// A stand-in for the gateway: small, and wrong in exactly the ways that it is told to be. Its door is behind three listeners
/// as in ARCHITECTURE.md; behind it are a service with public paths and a websocket, and Leanto's own pages.
final class GatewayStandIn: Sendable {
  static let pass = ProbePass(user: "verify-probe", password: "s3cret-of-this-run")
  static let host = "lean.example"
  static let routes = [
    Route(
      service: "notes", prefix: "/", target: .upstream(.tcp(host: "127.0.0.1", port: 9)),
      publicPaths: [PublicPath(path: "/webhook/", isPrefix: true), PublicPath(path: "/hook", isPrefix: false)]),
    Route(service: "leanto", prefix: "/leanto/", target: .local),
  ]

  private let servers: [ListenerKind: ScriptedServer]

  init(_ faults: Set<GatewayFault> = []) throws {
    var servers: [ListenerKind: ScriptedServer] = [:]
    for kind in [ListenerKind.local, .tunnel, .internal] {
      servers[kind] = try ScriptedServer { try StandInExchange(connection: $0, listener: kind, faults: faults).run() }
    }
    self.servers = servers
  }

  var plan: VerificationPlan {
    VerificationPlan(
      listeners: servers.mapValues { .tcp(host: "127.0.0.1", port: $0.port) }, publicHost: Self.host, routes: Self.routes,
      pass: Self.pass, model: nil, echoPaths: ["notes": "/ws"])
  }
}

/// One request and its answer, then the connection is closed.
private struct StandInExchange {
  let connection: ScriptedConnection
  let listener: ListenerKind
  let faults: Set<GatewayFault>
  private let target: String
  private let fields: [(name: String, value: String)]

  init(connection: ScriptedConnection, listener: ListenerKind, faults: Set<GatewayFault>) throws {
    (self.connection, self.listener, self.faults) = (connection, listener, faults)
    let lines = try connection.readHead().split(whereSeparator: \.isNewline).map(String.init)
    target = lines[0].split(separator: " ").map(String.init)[1]
    fields = lines.dropFirst().map { line in
      let name = line.prefix { $0 != ":" }
      return (name.lowercased(), String(line.dropFirst(name.count + 2)))
    }
  }

  func run() throws {
    if has(.hangsUp) { return }
    switch door() {
    case 400: try leanto(400, "malformed")
    case 401: try challenge()
    default: try route()
    }
  }

  private func has(_ fault: GatewayFault) -> Bool { faults.contains(fault) }

  private func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

  /// 200: may pass.
  private func door() -> Int {
    if listener == .internal { return has(.internalAsks) ? 401 : 200 }
    if isPublic { return has(.closesPublicPath) ? 401 : 200 }
    if has(.localDoorIsOpen), listener == .local { return 200 }
    if has(.opensWebSocketToStrangers), target == "/ws" { return 200 }
    if has(.answersStrangersWithBadGateway), values("authorization").isEmpty { return 200 }
    return credentials()
  }

  private func credentials() -> Int {
    let given = values("authorization")
    if given.isEmpty { return has(.letsStrangersIn) ? 200 : 401 }
    if given.count > 1, !has(.readsFirstOfTwo) { return 400 }
    let right = basicCredentials(user: GatewayStandIn.pass.user, password: GatewayStandIn.pass.password)
    if given[0] == right { return has(.tunnelRefusesRightCredentials) && listener == .tunnel ? 401 : 200 }
    if given[0] == "Basic !!!" { return has(.letsNotBase64In) ? 200 : 400 }
    if given[0] == "Basic " + base64(Array(GatewayStandIn.pass.user.utf8)) { return has(.letsNoColonIn) ? 200 : 401 }
    return has(.letsWrongPasswordsIn) ? 200 : 401
  }

  private var isPublic: Bool {
    let path = has(.matchesAnyCase) ? target.lowercased() : target
    if has(.matchesPrefixAsText), path.hasPrefix("/webhook") || path.hasPrefix("/hook") { return true }
    if has(.walksOutOfPublicPath), path.hasPrefix("/webhook/../") { return true }
    if has(.decodesPublicPath), path.hasPrefix("/webhook/%2e%2e/") { return true }
    let isPlain = !["%", "//", "..", ";", "\\"].contains { path.contains($0) }
    return isPlain && (path.hasPrefix("/webhook/") || path == "/hook")
  }

  private func route() throws {
    if has(.internalHasNoRoute), listener == .internal { return try leanto(404, "nothing is here") }
    switch target {
    case VerificationPlan.whoAmI: try whoAmI()
    case VerificationPlan.ask: try ask()
    case "/ws": try webSocket()
    default:
      let isStranger =
        has(.answersStrangersWithBadGateway) && listener != .internal && values("authorization").isEmpty && !isPublic
      if has(.serviceIsDown) || isStranger { return try leanto(502, "notes does not answer") }
      try connection.write("HTTP/1.1 200 OK\r\nServer: notes\r\nContent-Length: 2\r\n\r\nok")
    }
  }

  private func challenge() throws {
    if has(.serviceAsksInstead) {
      return try connection.write(
        "HTTP/1.1 401 Unauthorized\r\nServer: notes\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
    }
    let field = has(.challengesWithoutField) ? "" : "WWW-Authenticate: Basic realm=\"Leanto\"\r\n"
    try leanto(401, "credentials are needed", field)
  }

  private func leanto(_ status: Int, _ text: String, _ more: String = "") throws {
    try connection.write("HTTP/1.1 \(status) Word\r\nServer: leanto\r\n\(more)Content-Length: \(text.utf8.count)\r\n\r\n\(text)")
  }

  private func whoAmI() throws {
    let forged = values("x-forwarded-user").first
    let user = has(.believesForgedUser) ? forged ?? "" : ProbePass.shownName
    let client = has(.forwardsWrongClient) ? "127.0.0.1" : values("x-forwarded-for").first ?? ""
    let proto = has(.forwardsHTTP) ? "http" : values("x-forwarded-proto").first ?? "http"
    let name = has(.confusesListeners) ? "local" : listener.rawValue
    let host = has(.keepsOwnHost) ? "127.0.0.1" : values("host").first ?? ""
    try leanto(200, #"{"user":"\#(user)","client":"\#(client)","proto":"\#(proto)","host":"\#(host)","listener":"\#(name)"}"#)
  }

  private func ask() throws {
    if has(.streamFails) { return try leanto(503, "the model does not answer") }
    _ = try connection.read(Int(values("content-length").first ?? "") ?? 0)
    let head = "HTTP/1.1 200 OK\r\nServer: leanto\r\nTransfer-Encoding: chunked\r\n\r\n"
    let pieces = has(.streamIsEmpty) ? [] : (1...3).map { "4\r\none\($0)\r\n" }
    if has(.holdsStreamBack) { return try connection.write(head + pieces.joined() + "0\r\n\r\n") }
    try connection.write(head)
    for piece in pieces {
      try connection.write(piece)
      if has(.streamBreaksOff) { return }
      connection.pause(milliseconds: 15)
    }
    try connection.write("0\r\n\r\n")
  }

  private func webSocket() throws {
    if has(.refusesWebSocket) { return try leanto(502, "notes does not answer") }
    let accept = WebSocketHandshake.accept(for: values("sec-websocket-key").first ?? "")
    try connection.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n\r\n")
    try connection.write(WebSocketFrame(.text, Array("welcome".utf8)).encoded(mask: nil))
    var decoder = FrameDecoder(expectsMask: true, limit: 1 << 16)
    while true {
      decoder.push(try connection.read(1))
      guard var frame = try decoder.next() else { continue }
      if has(.echoesSomethingElse), frame.opcode == .text { frame.payload = Array("something else".utf8) }
      try connection.write(frame.encoded(mask: nil))
      if frame.opcode == .close { return }
      if has(.echoesSomethingElse) { try connection.write(WebSocketFrame(.close, []).encoded(mask: nil)) }
    }
  }
}
