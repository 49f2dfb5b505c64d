internal import Client
internal import Glibc

/// Gathers `HostFacts`.
package enum HostSurvey {
  /// At most some seconds, and those only in WSL.
  package static func facts(_ variables: [String: String], port: UInt16 = 11434) async -> HostFacts {
    var facts = HostFacts()
    facts.kernel = SmallFile.text("/proc/version") ?? ""
    facts.routes = SmallFile.text("/proc/net/route") ?? ""
    facts.interfaces = SmallFile.names(in: "/sys/class/net").sorted()
    facts.listening = ListeningSockets.hosts(port: port)
    facts.isContainer = isContainer
    facts.ollamaHost = variables["OLLAMA_HOST"].flatMap { $0.isEmpty ? nil : $0 }
    facts.hasOllama = has("ollama", variables)
    let units = ["/etc/systemd/system/ollama.service", "/usr/lib/systemd/system/ollama.service"]
    facts.hasOllamaUnit = units.contains(where: SmallFile.exists)
    guard facts.kind != .linux else { return facts }
    facts.networkingMode = await output(["wslinfo", "--networking-mode"])
    facts.answersOnWindows = await windowsAnswers("127.0.0.1")
    if let gateway = facts.defaultGateway { facts.answersOnWindowsAddress = await windowsAnswers(gateway) }
    return facts
  }

  static var isContainer: Bool { ["/.dockerenv", "/run/.containerenv"].contains(where: SmallFile.exists) }

  /// Looked at after the attempts: the kernel asks for a neighbour when something is sent to it.
  package static func absentNeighbours() -> [String] { NeighbourTable.absent(SmallFile.text("/proc/net/arp") ?? "") }

  private static func has(_ command: String, _ variables: [String: String]) -> Bool {
    (try? CommandSearch.find(command, path: variables["PATH"] ?? CommandSearch.usualPath, directory: "/")) != nil
  }

  private static func output(_ command: [String]) async -> String? {
    guard let answer = await HostCommand.ask(command, limit: .seconds(2)), answer.status == 0 else { return nil }
    return answer.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// WSL runs Windows' programs; this one is part of Windows 10 and 11.
  private static func windowsAnswers(_ host: String) async -> Bool? {
    let curl = "/mnt/c/Windows/System32/curl.exe"
    let question = [curl, "-s", "-m", "1", "http://\(host):11434/api/version"]
    guard let answer = await HostCommand.ask(question, limit: .seconds(2)) else { return nil }
    return answer.status == 0 && answer.text.contains("\"version\"")
  }
}
