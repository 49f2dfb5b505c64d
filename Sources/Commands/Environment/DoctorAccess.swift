package import Operations

/// Looks at the machine for `leanto doctor`.
package struct DoctorAccess: Sendable {
  /// All findings. Changes nothing; takes some five seconds at most.
  package var examine: @Sendable (_ plan: DoctorPlan) async -> [Finding]
  /// Makes one safe change. Throws with the kernel's word for what went wrong.
  package var fix: @Sendable (_ fix: Finding.Fix) throws -> Void

  package init(
    examine: @escaping @Sendable (DoctorPlan) async -> [Finding], fix: @escaping @Sendable (Finding.Fix) throws -> Void
  ) {
    self.examine = examine
    self.fix = fix
  }
}
