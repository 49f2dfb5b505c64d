import Model

/// Proofs with what was sent and what came back: shared by `verify` and `up`.
enum ProofText {
  static func list(_ proofs: [Proof], _ style: Style) -> String {
    proofs.map { proof in
      let head = "\(style.paint(word(proof.outcome), colour(proof.outcome)))\(padding(proof.outcome))\(proof.subject)"
      return head + (proof.service.isEmpty ? "" : ": \(Visible.text(proof.service))") + "\n" + body(proof)
    }.joined()
  }

  static func summary(_ proofs: [Proof]) -> String {
    let counts = [Proof.Outcome.proven, .failed, .skipped].map { outcome in
      (proofs.count { $0.outcome == outcome }, word(outcome))
    }
    return counts.filter { $0.0 > 0 || $0.1 == "proven" }.map { "\($0.0) \($0.1)" }.joined(separator: ", ") + "\n"
  }

  private static func body(_ proof: Proof) -> String {
    (proof.sent.isEmpty ? "" : TextBlock.labelled("  sent", proof.sent))
      + (proof.received.isEmpty
        ? "" : TextBlock.labelled(proof.outcome == .skipped ? "  because" : "  came back", proof.received))
      + (proof.remedy.isEmpty ? "" : TextBlock.labelled("  try", proof.remedy))
  }

  private static func word(_ outcome: Proof.Outcome) -> String { outcome.rawValue }

  private static func padding(_ outcome: Proof.Outcome) -> String {
    String(repeating: " ", count: 12 - word(outcome).count)
  }

  private static func colour(_ outcome: Proof.Outcome) -> Style.Colour {
    switch outcome {
    case .proven: .green
    case .failed: .red
    case .skipped: .yellow
    }
  }
}
