import Glibc
import Model
import TestSupport
import Testing

@testable import Operations

@Suite("What the service manager is told")
struct NotifyTests {
  @Test("Messages as sd_notify(3) has them")
  func texts() {
    #expect(NotifySocket.Message.ready(status: "Serving\nhere").text == "READY=1\nSTATUS=Serving here")
    #expect(NotifySocket.Message.reloading(at: 17).text == "RELOADING=1\nMONOTONIC_USEC=17")
    #expect(NotifySocket.Message.stopping.text.hasPrefix("STOPPING=1\n"))
    #expect(NotifySocket.Message.alive.text == "WATCHDOG=1")
  }

  @Test("They arrive, by a path and by an abstract name", arguments: [false, true])
  func arrives(isAbstract: Bool) throws {
    let folder = try ScratchFolder("notify")
    let name = isAbstract ? "@leanto-notify-\(UInt64.random(in: .min ... .max))" : folder.path + "/notify"
    let receiver = try #require(receive(at: name))
    defer { close(receiver) }
    let socket = try #require(NotifySocket { $0 == "NOTIFY_SOCKET" ? name : nil })
    #expect(socket.send(.alive))
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = unsafe recv(receiver, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "WATCHDOG=1")
  }

  private func receive(at name: String) -> Int32? {
    let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(name.utf8)
    let isAbstract = bytes[0] == UInt8(ascii: "@")
    if isAbstract { bytes[0] = 0 }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let length = socklen_t(2 + bytes.count + (isAbstract ? 0 : 1))
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, length) }
    }
    return status == 0 ? descriptor : nil
  }

  @Test("Without a manager there is nobody to tell", arguments: [nil, "", "relative/path", "@", "vsock:2:1"] as [String?])
  func nobody(value: String?) {
    #expect(NotifySocket { $0 == "NOTIFY_SOCKET" ? value : nil } == nil)
  }

  @Test("A socket that is gone is no failure")
  func gone() throws {
    let socket = try #require(NotifySocket { _ in "/nowhere/notify" })
    #expect(!socket.send(.alive))
  }

  @Test("The watchdog is this process' own")
  func watchdog() {
    func request(_ values: [String: String]) -> WatchdogRequest? { WatchdogRequest(environment: { values[$0] }, process: 42) }
    #expect(request(["WATCHDOG_USEC": "3000000"])?.limit == .seconds(3))
    #expect(request(["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "42"])?.limit == .seconds(3))
    #expect(request(["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "43"]) == nil)
    #expect(request(["WATCHDOG_USEC": "0"]) == nil)
    #expect(request(["WATCHDOG_USEC": "soon"]) == nil)
    #expect(request([:]) == nil)
  }

  @Test("A command of the machine: its status and what it printed")
  func command() async throws {
    #expect(
      try await SystemCommand.run(["sh", "-c", "echo out; echo err >&2; exit 3"]) == SystemCommand(status: 3, text: "out\nerr\n"))
    #expect(try await SystemCommand.run(["sh", "-c", "kill -9 $$"]).status == 137)
    #expect(try await SystemCommand.run(["sleep", "60"], limit: .milliseconds(100)).status == 137)
    await #expect(throws: CannotStart.self) { _ = try await SystemCommand.run(["no-such-command-here"]) }
  }
}
