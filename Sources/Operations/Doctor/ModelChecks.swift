/// The model's server, as the doctor sees it.
package enum ModelChecks {
  /// `names`: the server's models; nil: it did not say.
  package static func findings(_ diagnosis: ModelDiagnosis, names: [String]?, wanted: [String]) -> [Finding] {
    if let problem = diagnosis.problem { return [finding(problem)] }
    guard let server = diagnosis.answering.first else { return [Finding("llm", .skipped, "llm.address names no server.")] }
    let version = diagnosis.attempts.first { $0.candidate == server }.flatMap { attempt -> String? in
      if case .answered(let version) = attempt.outcome { version } else { nil }
    }
    let found = Finding("llm", .ok, "The model's server answers at \(server.address)\(version.map { ", version \($0)" } ?? "").")
    guard let names else { return [found] }
    let missing = wanted.filter { name in !names.contains(name) && !names.contains(name + ":latest") }
    if names.isEmpty, wanted.isEmpty {
      return [found, Finding("llm-models", .warning, "The server has no model.", commands: ["leanto models pull gemma3:270m"])]
    }
    guard !missing.isEmpty else {
      return [found, Finding("llm-models", .ok, "The server has \(wanted.isEmpty ? "models" : "the models of the settings").")]
    }
    return [found]
      + missing.map { name in
        let problem = ModelProblem.missing(name, of: names, api: diagnosis.api)
        return Finding("llm-models", .problem, problem.sentence, commands: problem.remedies.map(\.command))
      }
  }

  private static func finding(_ problem: ModelProblem) -> Finding {
    Finding(
      "llm", .problem, problem.sentence,
      commands: problem.remedies.map { remedy in
        switch remedy.place {
        case .here, .linux: remedy.command
        case .windows: "on Windows: \(remedy.command)"
        case .macos: "on a Mac: \(remedy.command)"
        case .settings: "in leanto.yaml: \(remedy.command)"
        }
      })
  }
}
