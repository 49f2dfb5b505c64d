package import Operations
package import Settings

/// The model's server.
package struct ModelAccess: Sendable {
  /// The server that the settings mean. Throws `ModelProblem` when none answers.
  package var find: @Sendable (_ settings: LLMSettings) async throws -> ModelServer

  package init(find: @escaping @Sendable (LLMSettings) async throws -> ModelServer) { self.find = find }
}
