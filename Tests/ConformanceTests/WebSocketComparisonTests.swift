import Glibc
import TestSupport
import Testing

private let python = "build/test-tools/bin/python3"
private let hasPython = unsafe access(python, X_OK) == 0

@Suite(
  "Websockets go through as they go directly", .conformance,
  .enabled(if: hasPython, "the Python package websockets is not there: Scripts/install-test-tools"))
struct WebSocketComparisonTests {
  @Test("Ninety conversations, good and broken, frame by frame (RFC 6455)")
  func compared() throws {
    let echo = try WireSocket.freePort()
    let gateway = try Engine.chosen.start(GatewayPlan(services: [.init(name: "echo", port: echo, at: "/", asks: false)]))
    let folder = try ScratchFolder("websockets")
    let program = "\(#filePath)".split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Programs/websockets_compared.py"
    let peer = try EngineProcess([python, program, "\(echo)", "\(gateway.ports.local)"], folder: folder.path)
    defer { gateway.process.remove() }
    #expect(peer.exitStatus(.seconds(180)) == 0, "\(peer.output)")
    #expect(peer.output.contains(" 0 went otherwise"))
    peer.remove()
  }
}
