import Model
import Testing

@testable import Operations

@Suite("What Docker says, understood")
struct DockerWordsTests {
  /// As Docker 20.10, 28 and Compose 5.6 printed them.
  static let errors: [(text: String, kind: DockerProblem.Kind, holds: String)] = [
    (
      "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?", .notRunning,
      "does not run"
    ),
    (
      "failed to connect to the docker API at unix:///nope; check if the path is correct and if the daemon is running: dial unix",
      .notRunning, "systemctl start docker"
    ),
    (
      "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get \"http://x\"",
      .notAllowed, "usermod -aG docker"
    ),
    ("permission denied while trying to connect to the docker API at unix:///var/run/docker.sock", .notAllowed, "sign out"),
    (
      "driver failed programming external connectivity on endpoint x (ff47): Bind for 127.0.0.1:9333 failed: port is already allocated",
      .portTaken, "port 9333 is taken by nginx"
    ),
    (
      "Error starting userland proxy: listen tcp4 127.0.0.1:9444: bind: address already in use", .portTaken,
      "port 9444 is taken by"
    ),
    ("failed to register layer: write /usr/lib/x: no space left on device", .noSpace, "no space left"),
    (
      "Error response from daemon: manifest for n8nio/n8n:9.9 not found: manifest unknown: manifest unknown", .noImage,
      "n8nio/n8n:9.9"
    ),
    (
      "Error response from daemon: pull access denied for foo/bar, repository does not exist or may require 'docker login'",
      .noImage,
      "foo/bar"
    ),
    (
      "Error response from daemon: Get \"https://docker.n8n.io/v2/\": dial tcp: lookup docker.n8n.io on 10.0.0.1:53: no such host",
      .registry, "docker.n8n.io cannot be reached"
    ),
    ("toomanyrequests: You have reached your pull rate limit.", .registry, "docker login"),
    ("dependency failed to start: container leanto-home-n8n-1 is unhealthy", .unhealthy, "leanto-home-n8n-1"),
    ("container leanto-home-n8n-1 exited (3)", .ended, "status 3"),
    ("application not healthy after 3m0s", .unhealthy, "in time"),
    ("Error response from daemon: Pool overlaps with other one on this address space", .networkTaken, "choices.json"),
    ("Conflict. The container name \"/x\" is already in use by container \"ab\".", .nameTaken, "left over"),
    ("invalid mount config for type \"bind\": bind source path does not exist: /srv/none", .mount, "/srv/none"),
    ("OCI runtime create failed: exec: \"nope\": executable file not found in $PATH: unknown", .command, "nope"),
    ("unknown shorthand flag: 'f' in -f\nSee 'docker --help'.", .noCompose, "docker-compose-plugin"),
    ("docker: 'compose' is not a docker command.", .noCompose, "docker-compose-plugin"),
    (
      "warning one\nError response from daemon: something new\n\nRun 'docker run --help' for more information", .other,
      "something new"
    ),
    ("", .other, "did not say why"),
  ]

  @Test("Each has its sentence and, where one is known, the command that mends it", arguments: errors)
  func sentences(_ text: String, _ kind: DockerProblem.Kind, _ holds: String) {
    let problem = DockerProblem(errors: text, portHolder: { _ in "nginx (process 7)" })
    #expect(problem.kind == kind)
    #expect(problem.text.contains(holds), "\(problem.text)")
    #expect(!problem.sentence.contains("\n"))
  }

  @Test("What is missing ends with 4, what went wrong with 1")
  func exitCodes() {
    for kind in [DockerProblem.Kind.notInstalled, .noCompose, .oldCompose, .notRunning, .notAllowed, .hangs, .noImage] {
      #expect(DockerProblem(kind, "x").exitCode == .missing)
    }
    for kind in [DockerProblem.Kind.portTaken, .noSpace, .unhealthy, .other] {
      #expect(DockerProblem(kind, "x").exitCode == .failed)
    }
  }

  @Test(
    "Compose has to know env_file's raw format",
    arguments: [
      ("5.6.1", true), ("v2.30.0", true), ("2.30.0-desktop.1", true), ("2.29.7", false), ("v2.3.3", false), ("1.29.2", false),
      ("", false), ("dev", false),
    ])
  func composeVersions(_ version: String, _ isEnough: Bool) { #expect(DockerSurvey.isEnough(compose: version) == isEnough) }

  @Test("A pull's progress grows with its layers and is told when it changed")
  func pull() {
    var progress = ImagePullProgress()
    let lines = [
      "2.41.3: Pulling from n8nio/n8n", "4abcf2066143: Pulling fs layer", "5abcf2066143: Pulling fs layer",
      "4abcf2066143: Download complete", "4abcf2066143: Pull complete", "5abcf2066143: Already exists",
      "Digest: sha256:aa", "Status: Downloaded newer image",
    ]
    #expect(lines.map { progress.take($0) } == [nil, 0, nil, 25, 50, 100, nil, nil])
  }

  @Test(
    "An image's name without tag and digest",
    arguments: [
      ("n8nio/n8n:2.41.3", "n8nio/n8n"), ("registry.example.com:5000/team/x:1", "registry.example.com:5000/team/x"),
      ("registry.example.com:5000/team/x", "registry.example.com:5000/team/x"), ("redis", "redis"),
      ("redis:8@sha256:ab", "redis"),
    ])
  func repositories(_ image: String, _ name: String) { #expect(DockerImages.repository(image) == name) }

  @Test("An image's digest is that of its own repository; one that was built here has none")
  func digests() {
    let known = ["other/n8n@sha256:bb", "n8nio/n8n@sha256:aa"]
    #expect(DockerImages.digest(of: "n8nio/n8n:2", among: known) == "sha256:aa")
    #expect(DockerImages.digest(of: "docker.io/n8nio/n8n:2", among: known) == "sha256:aa")
    #expect(DockerImages.digest(of: "mine:1", among: known) == nil)
    #expect(DockerImages.digest(of: "mine:1", among: []) == nil)
  }

  @Test("Events of containers are read, and other lines are not")
  func events() {
    let die = #"{"Type":"container","Action":"die","Actor":{"Attributes":{"com.docker.compose.service":"n8n","exitCode":"137"}}}"#
    #expect(DockerEvent(die).map { [$0.action, $0.service, "\($0.exitCode ?? 0)"] } == ["die", "n8n", "137"])
    for line in ["", "{}", "[]", "Cannot connect", #"{"Action":"die","Actor":{"Attributes":{"image":"x"}}}"#] {
      #expect(DockerEvent(line) == nil)
    }
  }

  @Test("Compose's progress is read for this project's containers alone")
  func progress() {
    let line = #"{"id":"Container leanto-home-n8n-runner-1","status":"Working","text":"Creating"}"#
    let news = ComposeProgress(line, project: "leanto-home")
    #expect(news?.container == "n8n-runner" && news?.sentence == "its container is being made")
    #expect(ComposeProgress(line, project: "leanto-other") == nil)
    #expect(ComposeProgress(#"{"id":"Network leanto-home_default","text":"Created"}"#, project: "leanto-home") == nil)
    #expect(ComposeProgress("oops", project: "leanto-home") == nil)
  }
}

@Suite("Containers as docker inspect tells of them")
struct ContainerInspectionTests {
  /// Shortened from Docker 20.10.
  static func inspection(_ state: String, memory: Int = 64 << 20) -> String {
    """
    [{"Id":"11ca6a092db4548eb989248f3cfebf43","Image":"sha256:56a5","RestartCount":2,"State":{\(state)},
    "Config":{"Image":"n8nio/n8n:2@sha256:aa","Labels":{"com.docker.compose.service":"n8n","com.docker.compose.oneoff":"False"}},
    "HostConfig":{"Memory":\(memory)},
    "NetworkSettings":{"Ports":{"5678/tcp":[{"HostIp":"127.0.0.1","HostPort":"15678"}],"5679/tcp":null,"53/udp":[]}}}]
    """
  }

  @Test("What is of interest is taken, and times count from 1970")
  func whole() throws {
    let state = #""Status":"running","Pid":0,"StartedAt":"2026-11-24T11:57:41.667459069Z","Health":{"Status":"healthy"}"#
    let found = try #require(ContainerInspection.all(Array(Self.inspection(state).utf8)).first)
    let status = found.status(lastEnd: "was here")
    #expect(status.identifier == "11ca6a092db4" && status.health == "healthy" && status.lastEnd == "was here")
    #expect(status.ports == ["127.0.0.1:15678->5678"] && status.memoryLimit == 64 << 20 && status.memory == nil)
    #expect(status.startedAt == 1_795_521_461)
    #expect(found.service == "n8n")
  }

  @Test(
    "How it ended is said, memory first",
    arguments: [
      (#""Status":"exited","ExitCode":137,"OOMKilled":true"#, "more memory than its limit of 64 MiB"),
      (#""Status":"exited","ExitCode":137"#, "was killed (status 137)"),
      (#""Status":"exited","ExitCode":3"#, "ended with status 3"),
      (#""Status":"exited","ExitCode":0,"Error":"exec: \"nope\": executable file not found in $PATH""#, "no program nope"),
    ])
  func ends(_ state: String, _ words: String) throws {
    let found = try #require(ContainerInspection.all(Array(Self.inspection(state).utf8)).first)
    #expect(found.end?.contains(words) == true, "\(found.end ?? "")")
  }

  @Test("What is no such answer is nothing", arguments: ["", "[]", "{}", "[{}]", "[{\"Id\":1}]", "null", "\u{0}"])
  func nothing(_ text: String) { #expect(ContainerInspection.all(Array(text.utf8)).isEmpty) }
}

@Suite("A service's state follows from probes and from Docker")
struct ContainerMergeTests {
  private static func service(_ state: ServiceState, address: String = "127.0.0.1:1") -> ServiceStatus {
    ServiceStatus(name: "n8n", state: state, address: address, since: 0, message: state == .healthy ? "" : "refused")
  }

  static let cases: [(ServiceStatus, ContainerReport, ServiceState, String)] = [
    (service(.starting), .init(container: nil, work: "its image is being fetched (4 %)"), .starting, "4 %"),
    (service(.starting), .init(container: nil), .starting, "is being made"),
    (service(.unhealthy), .init(container: nil, problem: "port 1 is taken"), .stopped, "port 1 is taken"),
    (service(.healthy), .init(container: .init(state: "running")), .healthy, ""),
    (service(.healthy), .init(container: .init(state: "running"), problem: "Docker hangs"), .healthy, "Docker hangs"),
    (service(.unhealthy), .init(container: .init(state: "running", health: "healthy")), .unhealthy, "refused"),
    (service(.healthy, address: ""), .init(container: .init(state: "running", health: "unhealthy")), .unhealthy, "health check"),
    (service(.healthy, address: ""), .init(container: .init(state: "running", health: "starting")), .starting, ""),
    (service(.unhealthy), .init(container: .init(state: "restarting", lastEnd: "ended with status 3")), .backingOff, "status 3"),
    (service(.unhealthy), .init(container: .init(state: "exited", lastEnd: "was killed")), .backingOff, "was killed"),
    (service(.healthy), .init(container: .init(state: "paused", identifier: "ab")), .unhealthy, "docker unpause ab"),
    (service(.starting), .init(container: .init(state: "created"), problem: "port 1 is taken"), .stopped, "port 1"),
  ]

  @Test("Each pair has its state, and its reason", arguments: cases)
  func merged(_ service: ServiceStatus, _ report: ContainerReport, _ state: ServiceState, _ words: String) {
    let merged = service.merged(with: report)
    #expect(merged.state == state)
    #expect(words.isEmpty ? merged.message.isEmpty : merged.message.contains(words), "\(merged.message)")
    #expect(merged.container == report.container)
  }
}
