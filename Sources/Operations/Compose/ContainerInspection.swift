internal import FoundationEssentials
internal import Model

/// What `docker inspect` tells of one container (Engine API 1.41 and later), as far as it is of interest here.
struct ContainerInspection: Sendable, Decodable {
  struct State: Sendable, Decodable {
    struct Health: Sendable, Decodable {
      private enum CodingKeys: String, CodingKey { case status = "Status" }
      var status: String?
    }
    private enum CodingKeys: String, CodingKey {
      case status = "Status"
      case wasOutOfMemory = "OOMKilled"
      case exitCode = "ExitCode"
      case error = "Error"
      case process = "Pid"
      case startedAt = "StartedAt"
      case health = "Health"
    }
    var status: String
    var wasOutOfMemory: Bool?
    var exitCode: Int?
    var error: String?
    var process: Int32?
    var startedAt: String?
    var health: Health?
  }
  struct Configuration: Sendable, Decodable {
    private enum CodingKeys: String, CodingKey {
      case image = "Image"
      case labels = "Labels"
    }
    var image: String?
    var labels: [String: String]?
  }
  struct Host: Sendable, Decodable {
    private enum CodingKeys: String, CodingKey { case memory = "Memory" }
    var memory: Int?
  }
  struct Network: Sendable, Decodable {
    private enum CodingKeys: String, CodingKey { case ports = "Ports" }
    struct Binding: Sendable, Decodable {
      private enum CodingKeys: String, CodingKey {
        case host = "HostIp"
        case port = "HostPort"
      }
      var host: String?
      var port: String?
    }
    var ports: [String: [Binding]?]?
  }
  private enum CodingKeys: String, CodingKey {
    case identifier = "Id"
    case image = "Image"
    case restarts = "RestartCount"
    case state = "State"
    case configuration = "Config"
    case host = "HostConfig"
    case network = "NetworkSettings"
  }

  var identifier: String
  var image: String?
  var restarts: Int?
  var state: State
  var configuration: Configuration?
  var host: Host?
  var network: Network?

  /// What is no such answer is nothing.
  static func all(_ bytes: [UInt8]) -> [ContainerInspection] {
    (try? JSONDecoder().decode([ContainerInspection].self, from: Data(bytes))) ?? []
  }

  func label(_ name: String) -> String? { configuration?.labels?["com.docker.compose.\(name)"] }
  var service: String? { label("service") }

  var ports: [String] {
    var texts: [String] = []
    for (port, bindings) in (network?.ports ?? [:]).sorted(by: { $0.key < $1.key }) {
      let inside = port.hasSuffix("/tcp") ? String(port.dropLast(4)) : port
      for binding in bindings ?? [] { texts.append("\(binding.host ?? ""):\(binding.port ?? "")->\(inside)") }
    }
    return texts
  }

  /// How it ended, in words that go after its name. Nil: it runs.
  var end: String? {
    guard state.status != "running", state.status != "created", state.status != "paused" else { return nil }
    if state.wasOutOfMemory == true { return Self.outOfMemory(limit: host?.memory) }
    if let error = state.error, !error.isEmpty { return "cannot be started: \(DockerProblem(errors: error).sentence)" }
    return Self.ended(state.exitCode ?? 0)
  }

  static func outOfMemory(limit: Int?) -> String {
    let size = limit.flatMap { $0 > 0 ? " of \($0 >> 20) MiB" : nil } ?? ""
    return "was killed because it used more memory than its limit\(size) (raise limits.memory)"
  }

  static func ended(_ code: Int) -> String {
    switch code {
    case 137: "was killed (status 137)"
    case 143: "was stopped (status 143)"
    default: "ended with status \(code)"
    }
  }

  func status(lastEnd: String) -> ContainerStatus {
    ContainerStatus(
      state: state.status, health: state.health?.status ?? "", identifier: String(identifier.prefix(12)),
      image: configuration?.image ?? "",
      digest: image ?? "", memory: state.process.flatMap { $0 > 0 ? ControlGroup.memory(of: $0) : nil },
      memoryLimit: host?.memory.flatMap { $0 > 0 ? $0 : nil }, ports: ports, lastEnd: end ?? lastEnd,
      startedAt: startedAt)
  }

  /// RFC 3339 in UTC, to the second; year 1: never.
  var startedAt: Double {
    let numbers = (state.startedAt ?? "").prefix(19).split { !$0.isNumber }.compactMap { Int($0) }
    guard numbers.count == 6, numbers[0] >= 1970 else { return 0 }
    return Self.seconds(numbers)
  }

  /// Days since 1970 by the civil calendar: years begin in March, so that the leap day comes last.
  private static func seconds(_ numbers: [Int]) -> Double {
    let year = numbers[1] <= 2 ? numbers[0] - 1 : numbers[0]
    let (era, month) = (year / 400, (numbers[1] + 9) % 12)
    let dayOfYear = (153 * month + 2) / 5 + numbers[2] - 1
    let yearOfEra = year - era * 400
    let day = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    return Double(((day * 24 + numbers[3]) * 60 + numbers[4]) * 60 + numbers[5])
  }
}

/// What the kernel counts of a container.
enum ControlGroup {
  /// Bytes that the group of a process uses, without what can be dropped at once, as `docker stats` counts. Nil: it cannot be seen
  /// from here.
  static func memory(of process: Int32) -> Int? {
    guard let groups = SmallFile.text("/proc/\(process)/cgroup") else { return nil }
    for line in groups.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      if parts[1] == "memory" { return used("/sys/fs/cgroup/memory\(parts[2])", "memory.usage_in_bytes", "total_inactive_file") }
      if parts[0] == "0", let used = used("/sys/fs/cgroup\(parts[2])", "memory.current", "inactive_file") { return used }
    }
    return nil
  }

  private static func used(_ folder: String, _ file: String, _ droppable: String) -> Int? {
    guard let text = SmallFile.text("\(folder)/\(file)"), let all = Int(text.prefix { $0.isNumber }) else { return nil }
    let statistics = SmallFile.text("\(folder)/memory.stat") ?? ""
    let line = statistics.split(separator: "\n").first { $0.hasPrefix(droppable + " ") }
    return max(0, all - (line.flatMap { Int($0.dropFirst(droppable.count + 1)) } ?? 0))
  }
}
