internal import HTTP
package import Model
internal import Settings

extension AccessPolicy {
  /// As the door does with Basic Auth: hashed on the pool, throttled by `client` (an address as text).
  package func signIn(name: String, password: String, client: String, isSecure: Bool) async -> SignInResult {
    guard store.sessions.rules != nil else { return .unavailable }
    let client = ClientAddress(text: client) ?? ClientAddress(high: 0, low: 0)
    if let seconds = throttle.secondsLeft(of: client) { return .wait(seconds: seconds) }
    let (name, password) = (Array(name.utf8), Array(password.utf8))
    let decoded = name + [UInt8(ascii: ":")] + password
    let key = store.key(of: decoded.span)
    switch store.find(
      key, in: decoded.span, user: 0..<name.count, password: name.count + 1..<decoded.count, remembersStrangers: false)
    {
    case .verified(let identity, _): return signedIn(identity, isSecure)
    case .stranger: return .wrong
    case .unchecked(let check):
      let outcome = await withCheckedContinuation { (continuation: CheckedContinuation<CheckOutcome, Never>) in
        // Counted before the pool looks at the next one of the same address.
        let isQueued = pool.submit(check, of: client) { [throttle] outcome in
          let ban = throttle.note(outcome, of: check, from: client)
          continuation.resume(returning: ban == nil ? outcome : .refused)
        }
        if !isQueued { continuation.resume(returning: .busy) }
      }
      return result(outcome, client, isSecure)
    }
  }

  private func result(_ outcome: CheckOutcome, _ client: ClientAddress, _ isSecure: Bool) -> SignInResult {
    switch outcome {
    case .verified(let identity): signedIn(identity, isSecure)
    case .wrong, .wrongTogether: .wrong
    case .busy: .busy
    case .refused: .wait(seconds: throttle.secondsLeft(of: client) ?? 1)
    }
  }

  private func signedIn(_ identity: UserIdentity, _ isSecure: Bool) -> SignInResult {
    let now = store.wallClock()
    return store.sessions.cookie(identity, begun: now, at: now, isSecure: isSecure).map { .signedIn(cookie: $0) } ?? .wrong
  }

  /// Ends the sessions in a Cookie field's value, also for whoever else holds that cookie. Returns the value of the Set-Cookie field
  /// that makes the browser forget it, and a sentence when the end cannot be kept over a restart.
  package func signOut(cookies: String, isSecure: Bool, keptAt path: String) -> (cookie: [UInt8], problem: String?) {
    let field = Array(cookies.utf8)
    let name = Array((isSecure ? SessionCookie.secureName : SessionCookie.plainName).utf8)
    var isChanged = false
    CookieField.first(of: name, in: field.span) { range in
      isChanged = store.endSession(Array(field[range])) || isChanged
      return false
    }
    var problem: String?
    if isChanged {
      do throws(UserProblem) {
        try EndedSessions.save(store.endedSessions, path: path)
      } catch {
        problem = "\(error)"
      }
    }
    return (SessionBook.removal(isSecure: isSecure), problem)
  }

  /// Takes over which sessions people ended before. Returns a sentence when the file cannot be used.
  package func restoreEndedSessions(path: String) -> String? {
    do throws(UserProblem) {
      store.setEndedSessions(try EndedSessions.load(path: path))
      return nil
    } catch {
      return "\(error); sessions that were ended before their time may be used again"
    }
  }
}

extension SignInMode {
  init(_ mode: AccessSettings.SignIn) {
    self =
      switch mode {
      case .basic: .basic
      case .page: .page
      case .both: .both
      }
  }
}
