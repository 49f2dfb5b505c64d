internal import Glibc
package import Model
package import Settings

/// May this request pass? One for the whole program: it holds the users, hashes passwords on a few threads of its own, remembers
/// who was right, and makes the door that each event loop asks.
package final class AccessPolicy: Sendable {
  private struct FileState: Sendable {
    var isRead = false
    var fingerprint: FileFingerprint?
    /// A file that changed within the tick of its clock is read once more.
    var isSettled = false
    var problems: [String] = []
  }

  private let path: String
  let store: CredentialStore
  let pool: HashingPool
  let throttle: GuessThrottle
  private let file = Lock(FileState())
  let keyFile = Lock(KeyFileState())

  /// Reads nothing yet: nobody may enter before the first `reload`. `usersFile`: a path. `threads`: that hash, nil for as many as
  /// there are cores, at most 4. `queue`: checks that may wait. `now`: nanoseconds that never go back.
  ///
  /// `wallClock`: seconds since 1970.
  package init(
    usersFile path: String, threads: Int? = nil, queue: Int = 64, now: @escaping @Sendable () -> UInt64 = AccessPolicy.clock,
    wallClock: @escaping @Sendable () -> UInt32 = { wallSeconds() }
  ) {
    self.path = path
    let store = CredentialStore(now: now, wallClock: wallClock)
    self.store = store
    let throttle = GuessThrottle(now: now)
    self.throttle = throttle
    pool = HashingPool(
      threads: threads ?? HashingPool.usualThreads, limit: queue, permit: { throttle.permit($0, $1, running: $2) },
      check: { store.carryOut($0) })
  }

  /// Time since the machine started, sleep included: a pass does not outlive its seconds in a laptop that is shut.
  package static let clock: @Sendable () -> UInt64 = {
    var time = timespec()
    unsafe clock_gettime(CLOCK_BOOTTIME, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Ends the threads. Doors that are still asked answer that they are busy where a password would have to be hashed.
  package func stop() { pool.stop() }

  /// What every event loop makes its door with.
  package var makeDoor: DoorMaker {
    { [store, pool, throttle] routes, answer in
      let door = LoopDoor(store, pool, throttle, routes: routes, answer: answer)
      return Door(userNames: door.userNames, models: { door.models(of: $0) }) { question, target, authorization, cookies, key in
        door.decide(question, target, authorization, cookies, key)
      }
    }
  }

  /// Lets `leanto verify` in for a while: accepted like a user, in memory only, named `leanto-verify` to whoever asks for names.
  package func issueProbePass(seconds: Double = 60) -> ProbePass {
    let pass = ProbePass(
      user: "leanto-verify-\(hexadecimal(Sodium.randomBytes(8)))", password: hexadecimal(Sodium.randomBytes(32)))
    store.addPass(user: pass.user, password: pass.password, expires: store.now() + UInt64(seconds * 1e9))
    return pass
  }
}

// MARK: Guessing

extension AccessPolicy {
  /// Goes by these settings from the next request on. Until the first call nobody is banned, and there are no sessions.
  package func use(_ settings: AccessSettings) {
    throttle.use(settings.throttle.map { ThrottleRules($0) })
    store.setSessionRules(settings.session.map { SessionRules(seconds: $0) }, SignInMode(settings.signIn))
  }

  /// Reads the keys that sign sessions, makes them where there are none, and a new one each month. Returns a sentence when that
  /// fails. To be called at the start, and every hour or so.
  package func loadSessionKeys(path: String) -> String? {
    let (keys, problem) = SessionKeyFile.load(path: path, now: store.wallClock())
    store.setSessionKeys(keys)
    return problem
  }

  /// Takes over the counters of wrong passwords that an earlier process kept at `path`; they are kept there from now on. Returns a
  /// sentence when the file cannot be used. To be called after `use`.
  package func restoreThrottle(path: String) -> String? { throttle.restore(path: path) }

  /// `listener` is told of each ban when it begins, from whatever thread counted; it must not wait.
  package func tellOfBans(_ listener: @escaping @Sendable (Lockout) -> Void) { throttle.tellOfBans(listener) }

  /// Writes the counters when they changed. Returns a sentence when that fails, once. Call it every few seconds and at the end.
  package func keepThrottle() -> String? { throttle.keep() }

  /// Addresses that are banned now, and users at whom many guess.
  package func lockouts() -> [Lockout] { throttle.lockouts(names: store.names) }

  /// `who`: an address, an IPv6 network (/64), or a user's name; empty: everybody. Returns the addresses that were banned.
  package func unlock(_ who: String) -> [String] {
    if who.isEmpty { return throttle.unlockAll() }
    return ClientAddress(text: who).map(throttle.unlock(address:)) ?? throttle.unlock(name: Array(who.utf8))
  }
}

/// What became of reading the users' file.
package struct UsersReport: Sendable, Equatable {
  /// How many may enter now.
  package var users: Int
  /// Whether anybody may enter, or may not, who could not, or could, before.
  package var isChanged: Bool
  /// Of the file: each a sentence that says what to do. When the file cannot be read, the users stay those of before.
  package var problems: [String]
}

extension AccessPolicy {
  /// Reads the users' file and goes by it from the next request on: whoever was taken out or has another password is asked again.
  /// A file that is gone, or cannot be read, changes nothing.
  @discardableResult
  package func reload() -> UsersReport {
    file.withLock { state in read(&state) }
  }

  /// `reload`, when the file is not the one that was read: nil when it is. Costs one system call, so ask as often as you like.
  package func reloadIfChanged() -> UsersReport? {
    file.withLock { state in
      guard !state.isRead || !state.isSettled || FileFingerprint(path: path) != state.fingerprint else { return nil }
      let earlier = state
      let report = read(&state)
      let isNews = report.isChanged || report.problems != earlier.problems || !earlier.isRead
      return isNews ? report : nil
    }
  }

  private func read(_ state: inout FileState) -> UsersReport {
    // Before it is read: a change while it is read shows as one afterwards.
    state.fingerprint = FileFingerprint(path: path)
    state.isSettled = !(state.fingerprint?.isYoung ?? false)
    state.isRead = true
    var isChanged = false
    do throws(UserProblem) {
      let users = try UserFile.load(path: path)
      isChanged = store.update(from: users)
      state.problems = users.problems.map { $0.line == nil ? $0.description : "\(path): \($0)" }
    } catch {
      state.problems = ["\(error)"]
    }
    return UsersReport(users: store.userCount, isChanged: isChanged, problems: state.problems)
  }
}
