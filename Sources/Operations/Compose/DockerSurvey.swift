/// Which Docker answers here.
package struct DockerSurvey: Sendable, Hashable {
  package var engine: String
  /// Such as `1.41`.
  package var apiVersion: String
  package var compose: String
  package var isRootless: Bool
  package var isDesktop: Bool

  /// Throws `DockerProblem`: what is missing. Takes about 0.1 s, and with an engine that hangs `seconds`.
  package static func take(seconds: Int = 10) async throws -> DockerSurvey {
    async let information = DockerCommand.output(
      ["info", "--format", "{{json .SecurityOptions}}\t{{json .OperatingSystem}}\t{{json .ServerErrors}}"], seconds: seconds)
    async let versions = DockerCommand.output(
      ["version", "--format", "{{.Server.Version}}\t{{.Server.APIVersion}}"], seconds: seconds)
    let numbers = words(try await versions)
    let about = words(try await information)
    let compose = try await composeVersion(seconds)
    return DockerSurvey(
      engine: numbers.first ?? "", apiVersion: numbers.count > 1 ? numbers[1] : "", compose: compose,
      isRootless: about.first?.contains("name=rootless") == true,
      isDesktop: about.count > 1 && about[1].contains("Docker Desktop"))
  }

  private static func composeVersion(_ seconds: Int) async throws -> String {
    let output: [UInt8]
    do {
      output = try await DockerCommand.output(["compose", "version", "--short"], seconds: seconds)
    } catch let problem as DockerProblem where problem.kind == .other {
      throw DockerProblem.noCompose
    }
    let version = words(output).first ?? ""
    guard isEnough(compose: version) else { throw DockerProblem.oldCompose(version) }
    return version
  }

  /// `format: raw` of env_file is in 2.30.
  static func isEnough(compose version: String) -> Bool {
    let parts = version.drop { $0 == "v" }.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    guard parts.count == 2 else { return false }
    return parts[0] > 2 || (parts[0] == 2 && parts[1] >= 30)
  }

  private static func words(_ bytes: [UInt8]) -> [String] {
    String(decoding: bytes, as: UTF8.self).split(whereSeparator: { $0 == "\t" || $0.isNewline }).map(String.init)
  }
}
