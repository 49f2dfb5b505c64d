internal import Glibc
internal import Model

/// A few threads of lower priority that hash passwords, so that the event loops never do and stay quick meanwhile.
/// Threads start when there is something to hash, and end with the pool.
final class HashingPool: Sendable {
  private let core: HashingCore

  /// `check` runs on a thread of the pool. `limit`: how many checks may wait. `permit` is asked before each, with a lock held.
  init(
    threads: Int = HashingPool.usualThreads, limit: Int = 64, permit: @escaping HashingPermit = { _, _, _ in .hash },
    check: @escaping @Sendable (PasswordCheck) -> CheckOutcome
  ) {
    core = HashingCore(threads: threads, limit: limit, permit: permit, check: check)
  }

  deinit { core.stop() }

  static var usualThreads: Int { min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1), 4) }

  /// False: too many wait. Otherwise `waiter` is called once, from a thread of the pool or of another's `submit`.
  func submit(_ check: PasswordCheck, of client: ClientAddress, waiter: @escaping @Sendable (CheckOutcome) -> Void) -> Bool {
    core.submit(check, client, waiter)
  }

  /// What waits is given up, what runs is finished. Nothing can be submitted any more.
  func stop() { core.stop() }
}

typealias HashingPermit =
  @Sendable (_ check: PasswordCheck, _ client: ClientAddress, _ running: Int) -> HashingQueue.Permit

/// What the pool shares with its threads.
private final class HashingCore: Sendable {
  private struct State: Sendable {
    var queue: HashingQueue
    var threads = 0
    var isStopped = false
  }

  private let state: Lock<State>
  private let work = Semaphore()
  private let threads: Int
  private let permit: HashingPermit
  private let check: @Sendable (PasswordCheck) -> CheckOutcome

  init(
    threads: Int, limit: Int, permit: @escaping HashingPermit, check: @escaping @Sendable (PasswordCheck) -> CheckOutcome
  ) {
    state = Lock(State(queue: HashingQueue(limit: limit)))
    self.threads = threads
    self.permit = permit
    self.check = check
  }

  func submit(_ check: PasswordCheck, _ client: ClientAddress, _ waiter: @escaping @Sendable (CheckOutcome) -> Void) -> Bool {
    let admission: HashingQueue.Admission = state.withLock { state in
      guard !state.isStopped else { return .busy }
      return state.queue.add(check, of: client, waiter: waiter)
    }
    switch admission {
    case .joined: return true
    case .busy: return false
    case .queued: break
    case .replaced(let displaced): for waiter in displaced { waiter(.busy) }
    }
    work.post()
    // Without a thread nobody would ever answer.
    if !hasThread() { giveUp() }
    return true
  }

  func stop() {
    state.withLock { $0.isStopped = true }
    giveUp()
    for _ in 0..<threads { work.post() }
  }

  /// What a thread of the pool does until the pool stops.
  func run() {
    while true {
      work.wait()
      let (begun, isStopped) = state.withLock { ($0.isStopped ? nil : $0.queue.takeNext(permit: permit), $0.isStopped) }
      if isStopped { return }
      guard let begun else { continue }
      let outcome = begun.isRefused ? .refused : check(begun.check)
      for waiter in state.withLock({ $0.queue.takeWaiters(of: begun.number) }) { waiter(outcome) }
      // What had to wait for this one is looked at again, by as many threads as there are.
      let waiting = state.withLock { $0.queue.remove(begun.number) }
      for _ in 0..<min(waiting, threads) { work.post() }
    }
  }

  private func giveUp() {
    for waiter in state.withLock({ $0.queue.giveUp() }) { waiter(.busy) }
  }

  /// Starts a thread where there may be one more. False: there is none, and none can be started.
  private func hasThread() -> Bool {
    state.withLock { state in
      if state.threads < threads && startHashingThread(self) { state.threads += 1 }
      return state.threads > 0
    }
  }
}

private func startHashingThread(_ core: HashingCore) -> Bool {
  let context = unsafe Unmanaged.passRetained(core)
  var thread = pthread_t()
  let status = unsafe pthread_create(&thread, nil, hashingThread, context.toOpaque())
  guard status == 0 else {
    unsafe context.release()
    return false
  }
  pthread_detach(thread)
  return true
}

/// A function and not a closure: a closure written in a main-actor context would trap on this thread.
private func hashingThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context = unsafe context else { return nil }
  let core = unsafe Unmanaged<HashingCore>.fromOpaque(context).takeRetainedValue()
  // Signals are for the threads that wait for them.
  var all = sigset_t()
  unsafe sigfillset(&all)
  unsafe pthread_sigmask(SIG_SETMASK, &all, nil)
  // On Linux this is the priority of the calling thread alone.
  let process = __priority_which_t(PRIO_PROCESS.rawValue)
  // Below the event loops, and not so far that a model which computes on all cores keeps a person waiting for a second: at 7 a hash
  // gets a sixth of a contended core, at 10 a tenth.
  setpriority(process, 0, max(getpriority(process, 0), 7))
  core.run()
  return nil
}
