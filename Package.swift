// swift-tools-version: 6.2
import PackageDescription

// One target a fence: each exists to keep a dependency in or out (ARCHITECTURE.md has the map). No Swift package is fetched;
// every C library is the distribution's, with its Debian package named here.

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

func library(_ name: String, _ pkgConfig: String, _ apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["TestSupport"], exclude: exclude, swiftSettings: settings)
}

let package = Package(
  name: "leanto",
  targets: [
    library("CYAML", "yaml-0.1", "libyaml-dev"),
    library("CCurl", "libcurl", "libcurl4-openssl-dev"),
    library("CSodium", "libsodium", "libsodium-dev"),
    library("CCrypt", "libcrypt", "libcrypt-dev"),
    library("COpenSSL", "openssl", "libssl-dev"),
    library("CNghttp2", "libnghttp2", "libnghttp2-dev"),
    .target(name: "CLinux"),

    target("Model"),
    target("Logging", ["Model"]),
    target("Settings", ["Model", "CYAML"]),
    target("HTTP"),
    target("TLS", ["COpenSSL"]),
    target("HTTP2", ["HTTP", "CNghttp2"]),
    target("Transport", ["Model", "CLinux", "TLS", "HTTP2"]),
    target("Gateway", ["Model", "HTTP", "Transport", "CLinux", "TLS"]),
    target("Access", ["Model", "Settings", "HTTP", "CCrypt", "CSodium"]),
    target("Stack", ["Model", "Settings"]),
    target("Client", ["Model", "CCurl", "CLinux"]),
    target("Operations", ["Model", "Logging", "Client", "CLinux"]),
    target("Monitoring", ["Model", "Client"]),
    target("Dashboard", ["Model"]),
    target(
      "Daemon",
      [
        "Model", "CLinux", "Logging", "Settings", "Gateway", "Access", "Stack", "Client", "Operations", "Monitoring", "Dashboard",
        "TLS",
      ]),
    target("CommandLineParser"),
    target(
      "Commands",
      [
        "CommandLineParser", "Model", "Logging", "Settings", "Access", "Stack", "Client", "Operations", "Daemon", "TLS",
      ]),
    .executableTarget(name: "leanto", dependencies: ["Commands", "Model"], swiftSettings: settings),

    .target(name: "TestSupport", dependencies: ["CLinux"], path: "Tests/TestSupport", swiftSettings: settings),
    // A daemon that runs nothing but the supervisor, to be killed by tests.
    .executableTarget(
      name: "SupervisorStandIn", dependencies: ["Operations", "Model", "Logging"], path: "Tests/SupervisorStandIn",
      swiftSettings: settings),
    // Lets tests that write exact bytes speak through TLS.
    .executableTarget(name: "TLSBridge", dependencies: ["COpenSSL"], path: "Tests/TLSBridge"),
    // Slow, plain readers that the quick ones have to agree with, in tests and while fuzzing.
    .target(name: "HTTPReference", dependencies: ["HTTP", "TestSupport"], path: "Tests/HTTPReference", swiftSettings: settings),
    tests("HTTPTests", ["HTTP", "HTTPReference"]),
    tests("TLSTests", ["TLS"]),
    tests("HTTP2Tests", ["HTTP2"]),
    tests("DaemonTests", ["Daemon", "Settings", "Model", "TLS"]),
    tests("LoggingTests", ["Logging", "Model"]),
    tests("SettingsTests", ["Settings", "Model"]),
    tests("AccessTests", ["Access", "Model", "HTTP", "Settings"]),
    tests("StackTests", ["Stack", "Settings", "Model"], exclude: ["Golden"]),
    tests("ClientTests", ["Client", "Model"]),
    tests("OperationsTests", ["Operations", "Model", "Logging", "Client"]),
    tests("MonitoringTests", ["Monitoring", "Model"]),
    tests("DashboardTests", ["Dashboard", "Model"]),
    tests("TransportTests", ["Transport", "Model"]),
    tests("GatewayTests", ["Gateway", "Model", "HTTP", "Transport"]),
    tests("ConformanceTests", exclude: ["Programs"]),
    tests("CommandLineParserTests", ["CommandLineParser"]),
    tests(
      "CommandsTests", ["Commands", "CommandLineParser", "Client", "Model", "Operations", "Settings", "Stack"],
      exclude: ["Golden"]),
    tests("EndToEndTests", ["Client", "Model"], exclude: ["Programs"]),
  ],
  swiftLanguageModes: [.v6])

// Only for Scripts/fuzz: its entry point is libFuzzer's, so an ordinary build could not link it.
if Context.environment["LEANTO_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Fuzz", dependencies: ["HTTP", "HTTPReference", "TestSupport", "Access", "Settings", "Model"], path: "Tests/Fuzz",
      exclude: ["Seeds"],
      swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]))
}
