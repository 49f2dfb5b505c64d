import FoundationEssentials
import Glibc
import Model
import Operations
import Stack

/// Ports and the network of a stack's containers: chosen once, by what this machine has free then, and kept.
struct ChoiceStore {
  let directory: StackDirectory

  private struct Kept: Codable {
    var block: Int
    var internalPort: UInt16?
    var ports: [String: UInt16]
  }

  /// What was chosen, or would be. Writes nothing.
  func choices() -> StackChoices {
    if let text = SmallFile.read(directory.choices),
      let kept = try? JSONDecoder().decode(Kept.self, from: Data(text.utf8)), (0...255).contains(kept.block)
    {
      return StackChoices(network: StackNetwork(block: kept.block), internalPort: kept.internalPort, ports: kept.ports)
    }
    return StackChoices(network: StackNetwork(block: freeBlock()), internalPort: Self.standardPort)
  }

  /// Keeps what a plan came to. Ports of services that left are free again.
  func keep(_ plan: ComposePlan, internalPort: UInt16?) {
    let ports = Dictionary(uniqueKeysWithValues: plan.containers.compactMap { one in one.hostPort.map { (one.name, $0) } })
    let block = plan.network.subnet.split(separator: ".").dropFirst(2).first.flatMap { Int($0) } ?? 0
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let data = try? encoder.encode(Kept(block: block, internalPort: internalPort, ports: ports)) else { return }
    let text = String(decoding: data, as: UTF8.self) + "\n"
    guard SmallFile.read(directory.choices) != text, SmallFile.makeDirectory(directory.compose) else { return }
    _ = SmallFile.write(text, to: directory.choices, mode: 0o600)
  }

  /// 80 makes the shortest name, `http://gateway/`; who may not listen there takes another.
  private static var standardPort: UInt16? {
    let first = SmallFile.read("/proc/sys/net/ipv4/ip_unprivileged_port_start").flatMap { Int($0.filter(\.isNumber)) } ?? 1024
    let isFree = !ListeningPorts.all().contains(80)
    return (geteuid() == 0 || first <= 80) && isFree ? 80 : nil
  }

  /// Beginning at a place that follows from the stack's own, so that two stacks seldom want the same one.
  private func freeBlock() -> Int {
    let start = directory.path.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % 256
    let routes = HostRoutes.all()
    return (0..<256).map { (start + $0) % 256 }.first { block in !routes.contains { $0.overlaps(block: block) } } ?? start
  }
}

/// Networks that this machine has a way to (proc(5), /proc/net/route): hexadecimal, the first byte last.
struct HostRoutes: Hashable {
  var destination: UInt32
  var mask: UInt32

  static func all() -> [HostRoutes] { parse(SmallFile.read("/proc/net/route") ?? "") }

  static func parse(_ text: String) -> [HostRoutes] {
    text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
      guard fields.count > 7, let destination = UInt32(fields[1], radix: 16), let mask = UInt32(fields[7], radix: 16) else {
        return nil
      }
      return HostRoutes(destination: destination.byteSwapped, mask: mask.byteSwapped)
    }
  }

  /// Whether it has addresses of 10.83.`block`.0/24. The default route has all, and does not count.
  func overlaps(block: Int) -> Bool {
    let network = 0x0A53_0000 | UInt32(block) << 8
    let both = mask & 0xFFFF_FF00
    return mask != 0 && destination & both == network & both
  }
}

/// TCP ports of this machine that somebody listens at.
enum ListeningPorts {
  static func all() -> Set<UInt16> {
    Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap { parse(SmallFile.read($0) ?? "") })
  }

  static func parse(_ text: String) -> [UInt16] {
    text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count > 3, fields[3] == "0A", let colon = fields[1].lastIndex(of: ":") else { return nil }
      return UInt16(fields[1][fields[1].index(after: colon)...], radix: 16)
    }
  }
}
