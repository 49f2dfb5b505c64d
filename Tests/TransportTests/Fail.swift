import Testing

/// For `return fail(...)`: one failure is enough.
func fail(_ comment: Comment, at location: SourceLocation = #_sourceLocation) {
  Issue.record(comment, sourceLocation: location)
}
