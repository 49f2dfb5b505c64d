import Model
import Stack
import Testing

@Suite("A plan follows from its settings, line by line")
struct PlanGoldenTests {
  @Test("The plan is what it was", arguments: PlanCase.all)
  func golden(_ item: PlanCase) {
    #expect(item.text == item.golden)
  }

  @Test("No secret and no variable of somebody's own is in the text", arguments: PlanCase.all)
  func secrets(_ item: PlanCase) {
    for value in StackSecrets.dummies.values.values + ["fast"] { #expect(!item.plan.text.contains(value)) }
  }

  @Test("No secret is in an argument list", arguments: PlanCase.all)
  func arguments(_ item: PlanCase) {
    let words = item.plan.services.flatMap { item.plan.process($0.name)?.command ?? [] }
    for value in StackSecrets.dummies.values.values { #expect(!words.contains { $0.contains(value) }) }
  }

  @Test("The same settings give the same plan", arguments: PlanCase.all)
  func stable(_ item: PlanCase) {
    #expect(item.plan == item.plan)
    #expect(StackPlan.changes(from: item.plan, to: item.plan).isEmpty)
  }
}
