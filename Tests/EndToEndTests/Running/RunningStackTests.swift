import Testing

/// The suite that holds all tests with the real applications, so that these are started once.
@Suite(
  "The running stack", .serialized,
  .enabled(if: Lab.hasBinary, "the release binary is not there: make build"),
  .enabled(if: Lab.hasApplications, "the applications are not there: Scripts/install-test-tools, Scripts/install-model --always"),
  .runningStack)
enum RunningStackTests {}
