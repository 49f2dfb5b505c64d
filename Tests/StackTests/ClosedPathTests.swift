import Model
import Settings
import Stack
import Testing

@Suite("Paths that could be public and are not")
struct ClosedPathTests {
  private func closed(_ service: ServiceSettings) -> [String] {
    let plan = StackPlan.make(
      settings: StackSettings(service), machine: .empty, directory: StackDirectory(path: "/s"), secrets: StackSecrets())
    return plan.closedPaths.values.flatMap { $0.map { $0.path + ($0.isPrefix ? "*" : "") } }.sorted()
  }

  @Test("are those of the preset's classes that are not open, at the service's place")
  func n8n() {
    let upstream = Address.tcp(host: "127.0.0.1", port: 5678)
    let all = closed(.n8n { $0.upstream = upstream })
    #expect(all.contains("/n8n/webhook/*") && all.contains("/n8n/form/*") && all.contains("/n8n/chat"))
    #expect(Set(all).count == all.count)
    // An open class opens what it shares with another.
    let some = closed(
      .n8n {
        $0.upstream = upstream
        $0.public = ["webhooks"]
      })
    #expect(!some.contains("/n8n/webhook/*") && some.contains("/n8n/form/*") && some.contains("/n8n/chat"))
    let chat = closed(
      .n8n {
        $0.upstream = upstream
        $0.public = ["chat", "forms", "webhooks", "mcp", "oauth", "files", "api"]
      })
    #expect(chat == [])
  }
}
