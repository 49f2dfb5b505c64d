/// Lines for a person who waits, on standard error, from two seconds on.
struct Progress {
  private let terminal: TerminalAccess
  private let clock: ClockAccess
  private let start: Double
  private var lastText = ""
  private var lastTime = -Double.infinity

  init(_ environment: CommandEnvironment) {
    terminal = environment.terminal
    clock = environment.clock
    start = environment.clock.monotonic()
  }

  var elapsed: Double { clock.monotonic() - start }

  /// Says what is waited for when it is news, and again every ten seconds.
  mutating func say(_ text: String) {
    let now = elapsed
    guard now >= 2, text != lastText || now - lastTime >= 10 else { return }
    terminal.writeError("\(Visible.text(text)) (\(Int(now)) s)\n")
    lastText = text
    lastTime = now
  }
}
