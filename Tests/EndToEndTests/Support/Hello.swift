/// The small upstream of Programs/hello.py as a service.
enum Hello {
  static let python = TemporaryFolder.exists(Lab.python) ? Lab.python : "python3"

  /// Settings of one service, indented by two. `startAfter`: seconds before it listens.
  static func service(port: Int, name: String = "hello", startAfter: Double = 0) -> String {
    """
      \(name):
        command: ["\(python)", "\(Lab.program("hello.py"))", with-child]
        port: \(port)
        at: /\(name)/
        environment: { PORT: "\(port)", START_AFTER: "\(startAfter)" }
        health: { http: /, status: 200 }
    """
  }
}
