internal import Model

/// What comes to a supervisor from outside its own functions.
enum SupervisorEvent: Sendable {
  case service(String, ServiceMachine.Event)
  case processEnded(String, process: Int32, ProcessEnd)
  /// Time to look whether the group is empty. `look`: how many looks there were.
  case groupDue(String, leader: Int32, look: Int)
  /// SIGKILL was long ago.
  case patienceEnded(String, leader: Int32)
  case healthDue(String, watch: Int)
  case health(String, watch: Int, HealthReport)
  case orphansDue
  case finished

  // To be done by `run`, which has the tasks for it.
  case ask(String, watch: Int, HealthQuestion)
  indirect case later(Duration, SupervisorEvent)
}
