import Model
import Testing

/// The stack with the real applications: the small model, Gradio behind a prefix that is taken off, JupyterLab behind one that stays,
/// and the small upstream of Programs/hello.py.
enum RunningStack {
  @TaskLocal static var current: TemporaryStack?

  /// In a test of a suite with `.runningStack`.
  static func stack() throws -> TemporaryStack { try #require(current, "this suite has no running stack") }

  /// JupyterLab has no token of its own: with one, its pages send `Authorization: token ...` in place of the door's credentials.
  static func services(model: Int, home: String) throws -> String {
    let (gradio, lab, hello) = (try Lab.freePort(), try Lab.freePort(), try Lab.freePort())
    return """
        model:
          command: ["\(Lab.modelServer)"]
          port: \(model)
          at: /model/
          environment: { PORT: "\(model)" }
          health: { http: /health, status: 200 }
        gradio:
          command: ["\(Lab.python)", "\(Lab.program("chat.py"))"]
          port: \(gradio)
          at: /gradio/
          environment: { PORT: "\(gradio)", GRADIO_ANALYTICS_ENABLED: "False", HF_HUB_OFFLINE: "1" }
          health: { http: /gradio_api/startup-events, status: 200 }
        lab:
          command:
            - "\(Lab.python)"
            - "-m"
            - jupyterlab
            - "--no-browser"
            - "--allow-root"
            - "--ip=127.0.0.1"
            - "--port=\(lab)"
            - "--ServerApp.port_retries=0"
            - "--ServerApp.base_url=/lab1/"
            - "--IdentityProvider.token="
          port: \(lab)
          at: /lab1/
          environment: { HOME: "\(home)" }
          prefix: keep
          health: { http: /lab1/api, status: 200 }
        hello:
          command: ["\(Lab.python)", "\(Lab.program("hello.py"))", with-child]
          port: \(hello)
          at: /hello/
          environment: { PORT: "\(hello)" }
          public: [/open/]
          health: { http: /, status: 200 }
      """
  }

  static func more(model: Int) -> String {
    "llm: { address: \"http://127.0.0.1:\(model)\", api: openai, models: [gemma-3-270m], expose: keys }"
  }
}

/// Starts the stack once for a suite and all in it, and stops it afterwards, when it must leave no process behind.
struct RunningStackTrait: SuiteTrait, TestScoping {
  var isRecursive: Bool { false }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let model = try Lab.freePort()
    // What JupyterLab keeps for its user is not the tester's.
    let home = try TemporaryFolder()
    defer { home.remove() }
    let services = try RunningStack.services(model: model, home: home.path)
    try await withStack(services: services, more: RunningStack.more(model: model)) { stack in
      try await stack.up()
      try await RunningStack.$current.withValue(stack, operation: function)
      let down = try await stack.leanto("down", within: 60)
      #expect(down.status == 0, "\(down.all)")
      let left = Processes.mentioning(stack.directory.path).map(\.commandLine)
      #expect(left == [], "these outlived `leanto down`")
    }
  }
}

extension Trait where Self == RunningStackTrait {
  static var runningStack: RunningStackTrait { RunningStackTrait() }
}
