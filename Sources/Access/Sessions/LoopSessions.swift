internal import HTTP
internal import Model

/// One event loop's view of the sessions. A cookie that it has seen lately costs no hash and no allocation.
struct LoopSessions {
  /// Set-Cookie values of the last minute: whoever sends his password with every request, and takes no cookie, costs one signature
  /// a minute.
  private struct Issued {
    var identity: UserIdentity
    var isSecure: Bool
    var at: UInt32
    var field: [UInt8]
  }

  private var book = SessionBook()
  private var cache = SessionCache()
  private var issued: [Issued] = []
  private static let issuedLimit = 64
  private static let secureName = Array(SessionCookie.secureName.utf8)
  private static let plainName = Array(SessionCookie.plainName.utf8)
  /// Cookies of the same name that are looked at: another page on the host can set some, and cannot make us work for more.
  private static let mostCookies = 4

  mutating func use(_ book: SessionBook) {
    self.book = book
    cache.removeAll()
    issued = []
  }

  /// Without sessions nobody could stay signed in by the page.
  var signInMode: SignInMode { book.rules == nil ? .basic : book.signInMode }

  /// Whose session the first valid cookie in `cookies` is. Each scheme has its name: what was set over http is no session on https.
  mutating func find(_ cookies: Span<UInt8>, isSecure: Bool, at now: UInt32) -> SessionBook.Session? {
    guard book.rules != nil else { return nil }
    var found: SessionBook.Session?
    var tried = 0
    CookieField.first(of: isSecure ? Self.secureName : Self.plainName, in: cookies) { range in
      tried += 1
      found = session(cookies.extracting(range), now)
      return found != nil || tried == Self.mostCookies
    }
    return found
  }

  private mutating func session(_ text: Span<UInt8>, _ now: UInt32) -> SessionBook.Session? {
    if let known = cache.find(text) { return book.isLive(known.token, at: now) ? known : nil }
    guard let session = book.session(text, at: now) else { return nil }
    cache.insert(text, session)
    return session
  }

  /// `decision`, with a cookie where the person has none yet or a session is to last anew.
  mutating func withCookie(
    _ decision: AccessDecision, _ session: SessionBook.Session?, isSecure: Bool, at clock: () -> UInt32
  ) -> AccessDecision {
    guard book.rules != nil, case .pass(let user?, let isOurs, nil) = decision else { return decision }
    let identity = UserIdentity(index: user)
    let now = clock()
    if let session, session.identity == identity {
      guard book.isDue(session, at: now) else { return decision }
      let field = book.cookie(identity, begun: session.token.begun, at: now, isSecure: isSecure)
      return .pass(user: user, isOurs: isOurs, setCookie: field)
    }
    return .pass(user: user, isOurs: isOurs, setCookie: newCookie(identity, isSecure, now))
  }

  private mutating func newCookie(_ identity: UserIdentity, _ isSecure: Bool, _ now: UInt32) -> [UInt8]? {
    let period = min(60, book.rules?.renewal ?? 60)
    let known = issued.firstIndex { $0.identity == identity && $0.isSecure == isSecure }
    if let known, now >= issued[known].at, now - issued[known].at < period { return issued[known].field }
    guard let field = book.cookie(identity, begun: now, at: now, isSecure: isSecure) else { return nil }
    let entry = Issued(identity: identity, isSecure: isSecure, at: now, field: field)
    if let known {
      issued[known] = entry
    } else {
      if issued.count >= Self.issuedLimit { issued.removeFirst() }
      issued.append(entry)
    }
    return field
  }
}
