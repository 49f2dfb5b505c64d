import Glibc
import Model
import Settings
import Testing

@testable import Stack

/// LEANTO_UPDATE_GOLDEN=1 writes the files anew; then read the difference.
@Suite("What is written for Docker follows from the settings, byte by byte")
struct ComposeTests {
  @Test("The files are what they were", arguments: ComposeCase.all)
  func golden(_ item: ComposeCase) throws {
    let file = Self.folder + "/\(item.name).txt"
    if unsafe getenv("LEANTO_UPDATE_GOLDEN") != nil { try write(item.text, to: file) }
    #expect(item.text == read(file))
  }

  @Test("No secret is in compose.yaml", arguments: ComposeCase.all)
  func secrets(_ item: ComposeCase) {
    let text = item.plan.compose?.files.last?.text ?? ""
    #expect(text.contains("services:"))
    for value in StackSecrets.withTokens.values.values { #expect(!text.contains(value)) }
  }

  @Test(
    "Files with secrets are for their reader alone, and those that are read whole have no line end", arguments: ComposeCase.all)
  func modes(_ item: ComposeCase) {
    for file in item.plan.compose?.files ?? [] {
      #expect(file.mode & 0o077 == 0)
      if file.secrecy == .all { #expect(!file.text.isEmpty && !file.text.hasSuffix("\n")) }
    }
  }

  @Test(
    "Everything that is published is published on loopback only, and nothing has the host's network", arguments: ComposeCase.all)
  func loopback(_ item: ComposeCase) {
    let lines = (item.plan.compose?.files.last?.text ?? "").split(separator: "\n")
    for (index, line) in lines.enumerated() where line.hasSuffix(" ports:") {
      #expect(lines[index + 1].contains("- \"127.0.0.1:"))
      #expect(!lines[index + 2].contains("- "))
    }
    #expect(!lines.contains { $0.contains("network_mode") || $0.contains("privileged") || $0.contains("docker.sock") })
  }

  @Test(
    "Every container gives up new privileges, has bounded logs and comes back after a restart of the machine",
    arguments: ComposeCase.all)
  func hardening(_ item: ComposeCase) {
    let text = item.plan.compose?.files.last?.text ?? ""
    let count = item.plan.compose?.containers.count ?? 0
    for wanted in ["no-new-privileges:true", "max-size: \"10m\"", "restart: \"unless-stopped\"", "stop_grace_period:"] {
      #expect(text.split(separator: "\n").count { $0.contains(wanted) } == count, "\(wanted)")
    }
  }

  @Test("A container gets more time to stop than its application gives itself")
  func stopTime() throws {
    let plan = try #require(ComposeCase(name: "", settings: StackSettings(.n8n(), .flowise())).plan.compose)
    for name in ["n8n", "flowise"] { #expect(plan.containers.first { $0.name == name }?.stopSeconds == 40) }
  }

  @Test("Without Docker, presets and images are no containers, and nothing is written for it")
  func native() {
    let plan = StackPlan.of(StackSettings(.n8n()), secrets: .withTokens)
    #expect(plan.compose == nil)
    #expect(plan.process("n8n") != nil)
    #expect(!plan.requiredSecrets.contains { $0.name == "n8n-runner-token" })
  }

  @Test("Docker alone changes nothing for a stack without presets and images")
  func nothingForDocker() {
    var machine = MachineFacts.full
    machine.docker = .root
    let settings = StackSettings(
      ServiceSettings("own") {
        $0.command = ["python3", "own.py"]
        $0.port = 9000
      })
    #expect(StackPlan.of(settings, machine: machine) == StackPlan.of(settings))
  }

  @Test("The gateway listens for containers at the network's own address, and lets only its members in")
  func internalListener() throws {
    let plan = ComposeCase(name: "", settings: StackSettings(.n8n())).plan
    let listener = try #require(plan.listeners.first { $0.kind == .internal })
    #expect(listener == Listener(kind: .internal, address: .tcp(host: "10.83.7.1", port: 80), network: "10.83.7.0/24"))
  }

  @Test("What stands beside a service is watched, and not routed")
  func beside() throws {
    let plan = ComposeCase(name: "", settings: StackSettings(.n8n())).plan
    #expect(plan.service("n8n-runner")?.kind == .container(image: "docker.n8n.io/n8nio/runners:2.41.3"))
    #expect(plan.route("n8n-runner") == nil)
    #expect(plan.service("n8n")?.address == .tcp(host: "127.0.0.1", port: 5678))
  }

  @Test("A published port stays with its service, and is not one that something else listens at")
  func ports() {
    let item = ComposeCase.all.first { $0.name == "ports-taken" }
    #expect(item?.plan.compose?.containers.first { $0.name == "n8n" }?.hostPort == 15678)
    #expect(item?.plan.compose?.containers.first { $0.name == "flowise" }?.hostPort == 3002)
  }

  static let folder = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Golden"

  private func read(_ path: String) -> String? {
    guard let file = unsafe fopen(path, "r") else { return nil }
    defer { _ = unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  private func write(_ text: String, to path: String) throws {
    let opened = unsafe fopen(path, "w")
    let file = unsafe try #require(opened)
    defer { _ = unsafe fclose(file) }
    let bytes = Array(text.utf8)
    let count = unsafe fwrite(bytes, 1, bytes.count, file)
    #expect(count == bytes.count)
  }
}

@Suite("YAML that every reader reads alike")
struct ComposeValueTests {
  @Test(
    "Texts are quoted and dollars doubled",
    arguments: [
      ("plain", "\"plain\""), ("$2b$10$x", "\"$$2b$$10$$x\""), ("a\"b\\c", "\"a\\\"b\\\\c\""),
      ("two\nlines\t", "\"two\\nlines\\t\""),
      ("", "\"\""), ("\u{1B}\u{7F}", "\"\\x1b\\x7f\""), ("yes", "\"yes\""), ("ü€", "\"ü€\""),
    ])
  func quoted(_ text: String, _ yaml: String) { #expect(ComposeValue.quoted(text) == yaml) }

  @Test("Names that are words of YAML are quoted, and empty collections stand in one line")
  func names() {
    let value = ComposeValue.map([
      ("no", .text("1")), ("A_b-c.d", .flag(true)), ("1st", .number(2)), ("none", .list([])), ("a b", .map([])),
      ("list", .list([.text("x"), .map([("k", .text("v")), ("l", .texts(["w"]))])])),
    ])
    #expect(
      value.lines == [
        "\"no\": \"1\"", "A_b-c.d: true", "\"1st\": 2", "none: []", "\"a b\": {}", "list:", "  - \"x\"", "  - k: \"v\"", "    l:",
        "      - \"w\"",
      ])
  }
}
