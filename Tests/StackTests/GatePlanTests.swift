import Model
import Settings
import Stack
import Testing

@Suite("The plan of the model's gate")
struct GatePlanTests {
  private func plan(_ change: (inout LLMSettings) -> Void, ollama: String? = nil) -> StackPlan {
    var settings = StackSettings(.n8n())
    change(&settings.llm)
    var machine = MachineFacts.empty
    machine.ollama = ollama
    return StackPlan.make(
      settings: settings, machine: machine, directory: StackDirectory(path: "/s"), secrets: StackSecrets())
  }

  @Test("is nothing unless it is asked for")
  func off() {
    let plan = plan { _ in }
    #expect(plan.gate == nil && !plan.routes.contains { $0.target == .model })
  }

  @Test("has two places, and the servers with the name by which each is called")
  func places() {
    let plan = plan {
      $0.expose = .keys
      $0.addresses = ["http://10.0.0.2:11434", "http://127.0.0.1:8000"]
      ($0.concurrency, $0.queue) = (2, 5)
    }
    let gates = plan.routes.filter { $0.target == .model }
    #expect(gates.map { "\($0.host ?? "")\($0.prefix)" } == ["/llm/", "ollama.localhost/"])
    #expect(gates.allSatisfy { $0.service == KeyScope.model && $0.publicPaths.isEmpty && $0.upgradePaths == [] })
    #expect(plan.gate?.hosts.map(\.address.description) == ["10.0.0.2:11434", "127.0.0.1:8000"])
    #expect(plan.gate?.hosts.map(\.hostField) == ["localhost:11434", "localhost:8000"])
    #expect(plan.gate?.concurrency == 2 && plan.gate?.queue == 5 && plan.gate?.api == .ollama)
    let openAI = self.plan {
      $0.expose = .keys
      $0.api = .openai
      $0.addresses = ["http://10.0.0.2:8000"]
    }
    #expect(openAI.gate?.hosts.map(\.hostField) == ["10.0.0.2:8000"])
  }

  @Test("stands before the Ollama that was found, or before where it usually is")
  func found() {
    #expect(
      plan({ $0.expose = .keys }, ollama: "http://127.0.0.1:4000").gate?.hosts.map(\.address.description) == ["127.0.0.1:4000"])
    #expect(plan { $0.expose = .keys }.gate?.hosts.map(\.address.description) == ["127.0.0.1:11434"])
    let none = plan {
      $0.expose = .keys
      $0.api = .openai
    }
    #expect(none.gate?.hosts == [])
  }

  @Test("tells a change in a line")
  func change() {
    let lines = StackPlan.changes(from: plan { _ in }, to: plan { $0.expose = .keys })
    #expect(lines.contains("model's gate: none -> 4 at once, 32 wait, 127.0.0.1:11434"))
  }
}
