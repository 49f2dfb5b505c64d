import Gateway
import Glibc
import Model
import Operations

/// Why a listener could not be opened, and what mends it.
enum ListenerAdvice {
  static func sentence(_ problem: ListenerProblem, directory: StackDirectory) -> String {
    let listener = problem.listener
    let place = "gateway.\(listener.kind.rawValue) (\(listener.address))"
    if problem.isAddressInUse {
      return "\(place) is taken\(holder(listener.address)); choose another address in \(directory.settings), then: leanto up"
    }
    return "cannot listen at \(place): \(problem.reason); choose another address in \(directory.settings), then: leanto up"
  }

  private static func holder(_ address: Address) -> String {
    guard case .tcp(_, let port) = address else { return "" }
    guard let holder = PortHolder.find(port: port) else { return " by another program; see who: ss -ltnp 'sport = :\(port)'" }
    return " by process \(holder.processIdentifier) (\(holder.command))"
  }
}
