package import Model

/// What ngrok's numbered errors mean (ngrok's documentation, errors/err_ngrok_N), and what mends each.
package enum NgrokErrors {
  /// Who has to do something.
  package enum Kind: String, Sendable, CaseIterable {
    case settings, account, network, quota, service, update, others, visitor, wait
  }

  package struct Row: Sendable, Hashable {
    package var codes: [Int]
    package var kind: Kind
    package var meaning: String
    package var remedy: String

    init(_ codes: [Int], _ kind: Kind, _ meaning: String, _ remedy: String) {
      self.codes = codes
      self.kind = kind
      self.meaning = meaning
      self.remedy = remedy
    }
  }

  package static let table: [Row] = [
    Row([105], .settings, "The token is not written as ngrok's tokens are.", "leanto tunnel set"),
    Row([107], .settings, "ngrok does not know the token: it is wrong, or was revoked.", "leanto tunnel set"),
    Row([4018], .settings, "The agent has no token.", "leanto tunnel set"),
    Row(
      [108], .others, "The account has as many agents as it may already.",
      "Stop the others (https://dashboard.ngrok.com/agents), then type: leanto restart tunnel"),
    Row([102, 103, 337, 338], .account, "ngrok suspended the account.", "Ask support@ngrok.com why."),
    Row([3208], .account, "ngrok banned the account.", "Ask support@ngrok.com why."),
    Row(
      [115, 116, 9040], .network, "The account's IP policy does not let this machine's address in.",
      "Change the policy (https://dashboard.ngrok.com/ip-policies), then type: leanto restart tunnel"),
    Row(
      [120, 121], .update, "ngrok does not take agents as old as this one any more.",
      "Type: ngrok update, then: leanto restart tunnel"),
    Row(
      [123], .account, "The account's e-mail address was never confirmed.",
      "Confirm it (https://dashboard.ngrok.com/user/settings), then type: leanto restart tunnel"),
    Row(
      [313], .settings, "The account's plan includes no name like this one: a free account has one fixed domain.",
      "Find yours (https://dashboard.ngrok.com/domains), then type: leanto tunnel set --domain NAME"),
    Row(
      [314, 319], .settings, "The domain is not reserved by this account.",
      "Find yours (https://dashboard.ngrok.com/domains), then type: leanto tunnel set --domain NAME"),
    Row(
      [320], .settings, "The domain belongs to another account.",
      "Find yours (https://dashboard.ngrok.com/domains), then type: leanto tunnel set --domain NAME"),
    Row(
      [316], .settings, "The token may not be used for this domain.",
      "Change its rules or make another (https://dashboard.ngrok.com/authtokens), then type: leanto tunnel set"),
    Row(
      [324], .settings, "The account has as many endpoints as it may already.",
      "Stop others (https://dashboard.ngrok.com/endpoints), then type: leanto restart tunnel"),
    Row(
      [334], .others, "Another agent has this domain: one elsewhere, or an earlier one that ngrok has not given up yet.",
      "It is tried again by itself. If it stays: stop the other agent (https://dashboard.ngrok.com/agents)."),
    Row([702, 703], .wait, "More connections came than the plan allows in a minute.", "It goes on by itself within a minute."),
    Row(
      [725], .quota, "The month's traffic is used up; ngrok turns visitors away.",
      "See where it went: leanto tunnel status. More: https://dashboard.ngrok.com/billing"),
    Row(
      [726], .quota, "The month's TCP connections are used up; ngrok turns visitors away.",
      "See where they went: leanto tunnel status. More: https://dashboard.ngrok.com/billing"),
    Row(
      [727], .quota, "The month's requests are used up; ngrok turns visitors away.",
      "See where they went: leanto tunnel status. More: https://dashboard.ngrok.com/billing"),
    Row(
      [728], .quota, "The month's HTTP connections are used up; ngrok turns visitors away.",
      "See where they went: leanto tunnel status. More: https://dashboard.ngrok.com/billing"),
    Row([3004], .service, "What the agent leads to does not answer with HTTP.", "leanto tunnel check"),
    Row([3005], .service, "What the agent leads to did not answer in time.", "leanto status"),
    Row([3006], .service, "What the agent leads to refused the connection.", "leanto up"),
    Row([3200], .service, "Visitors are told that nothing is online under this name.", "leanto restart tunnel"),
    Row(
      [6022], .account, "ngrok shows pages only for confirmed accounts.",
      "Confirm the account (https://dashboard.ngrok.com/user/settings)."),
    Row(
      [6024], .visitor, "Browsers see ngrok's warning page first, once in 7 days; programs do not.",
      "Programs that look like a browser send the field ngrok-skip-browser-warning; a paid plan has no such page."),
    Row(
      [6030], .others, "Another agent has this domain with other settings for sharing it.",
      "Stop the other agent (https://dashboard.ngrok.com/agents), then type: leanto restart tunnel"),
    Row([8000], .network, "The names of ngrok's servers have no address here.", "Type: ngrok diagnose"),
    Row([8001], .network, "This machine has no way to the internet.", "Type: ngrok diagnose"),
    Row([8008, 8009], .network, "ngrok's servers cannot be reached (connect.ngrok-agent.com:443).", "Type: ngrok diagnose"),
    Row([8012], .service, "The agent runs, but could not reach the tunnel listener.", "leanto up"),
    Row(
      [8013], .account, "TCP endpoints need a payment card at ngrok.", "Leanto asks for none: see who else uses this account."),
    Row(
      [9009], .settings, "The agent was told to use a proxy, which is a paid feature.",
      "Take http_proxy out of the daemon's environment, then type: leanto restart tunnel"),
  ]

  private static let byCode: [Int: Row] = Dictionary(
    table.flatMap { row in row.codes.map { ($0, row) } }, uniquingKeysWith: { first, _ in first })

  package static func row(_ code: Int) -> Row? { byCode[code] }

  /// For every number, known or not.
  package static func problem(_ code: Int) -> TunnelProblem {
    let name = "ERR_NGROK_\(code)"
    guard let row = row(code) else {
      return TunnelProblem(
        code: name, meaning: "ngrok reports \(name).", remedy: "See https://ngrok.com/docs/errors/err_ngrok_\(code)")
    }
    return TunnelProblem(code: name, meaning: row.meaning, remedy: row.remedy)
  }

  /// The last number in a text of the agent's. Nothing else of the text is taken: it may quote the token.
  package static func code(in text: some StringProtocol) -> Int? {
    String(text).matches(of: #/ERR_NGROK_([0-9]{1,6})/#).last.flatMap { Int($0.1) }
  }
}
