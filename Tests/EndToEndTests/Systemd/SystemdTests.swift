import Model
import Testing

/// One machine after the other: their systemds share the control groups of this one.
@Suite("A real systemd", .serialized)
enum RealSystemd {}

extension RealSystemd {
  /// One after the other, on one machine: each leaves the stack running, the last one takes it away.
  @Suite(
    "Started with the machine, by a real systemd", .serialized, .systemdMachine,
    .enabled(if: SystemdMachine.isPossible, "needs Docker and Scripts/systemd-image"))
  struct SystemdTests {
    private func machine() throws -> SystemdMachine { try #require(SystemdMachine.current) }

    @Test("Installed: it runs as an account of its own, is enabled, hardened, and writes to the journal")
    func installed() async throws {
      let machine = try machine()
      #expect(try await machine.output("systemctl is-enabled leanto-home") == "enabled")
      #expect(try await machine.output("ps -o user= -p \(try await machine.daemon())") == "leanto")
      #expect(try await machine.output("stat -c %U:%G /srv/home/secrets/users") == "leanto:leanto")
      let verified = try await machine.output("systemd-analyze verify leanto-home.service 2>&1 | grep -v man: || true")
      #expect(verified == "")
      let line = try await machine.output("systemd-analyze security --no-pager leanto-home | tail -1")
      let score = try #require(line.firstMatch(of: #/: ([0-9.]+) /#).flatMap { Double($0.1) }, "\(line)")
      #expect(score <= 2.0)
      let journal = try await machine.output("journalctl -u leanto-home -o cat --no-pager PRIORITY=6")
      #expect(journal.contains("leanto: Ready stack=/srv/home"))
      let status = try await machine.output("leanto service status --stack /srv/home")
      #expect(status.contains("active, process") && status.contains("starts with the machine"))
    }

    @Test("Its promises hold through the tunnel")
    func verified() async throws {
      let machine = try machine()
      try await machine.waitUntilOnline()
      let outcome = try await machine.shell("leanto verify --stack /srv/home")
      #expect(outcome.status == 0, "\(outcome.all)")
      for proof in ["tunnel: agent", "tunnel: door", "tunnel: isolation", "tunnel: browsers"] {
        #expect(outcome.output.contains("proven      \(proof)"), "\(proof): \(outcome.output)")
      }
      #expect(outcome.output.contains("ERR_NGROK_6024"))
      let everything = try await machine.output(
        "ps axww; cat /srv/home/logs/*; journalctl --no-pager; cat /srv/home/run/ngrok.yml")
      #expect(!everything.contains(SystemdMachine.token))
    }

    @Test("kill -9: back within 2 seconds, with the same services and the same tunnel")
    func killed() async throws {
      let machine = try machine()
      try await machine.waitUntilOnline()
      let (daemon, hello, tunnel) = (
        try await machine.daemon(), try await machine.process(of: "hello"), try await machine.process(of: "tunnel")
      )
      // Measured inside: each docker exec takes a tenth of a second.
      let took = try await machine.output(
        """
        python3 - <<'PYTHON'
        import os, signal, subprocess, time, urllib.request, urllib.error
        began = time.monotonic()
        os.kill(\(daemon), signal.SIGKILL)
        while True:
            try:
                urllib.request.urlopen("http://127.0.0.1:8080/hello/open/x", timeout=1)
                break
            except OSError:
                time.sleep(0.02)
        print(time.monotonic() - began)
        PYTHON
        """)
      #expect(try #require(Double(took)) < 2)
      try await machine.waitUntilActive()
      #expect(try await machine.daemon() != daemon)
      #expect(try await machine.process(of: "hello") == hello)
      #expect(try await machine.process(of: "tunnel") == tunnel)
      try await machine.waitUntilOnline()
    }

    @Test("One event loop that hangs is bitten by the watchdog, and the daemon starts anew")
    func watchdog() async throws {
      let machine = try machine()
      _ = try await machine.output(
        "mkdir -p /run/systemd/system/leanto-home.service.d && printf '[Service]\\nWatchdogSec=3s\\n' "
          + ">/run/systemd/system/leanto-home.service.d/watchdog.conf && systemctl daemon-reload && systemctl restart leanto-home",
        within: 60)
      let daemon = try await machine.daemon()
      // Alive, it is left alone for longer than the limit.
      try await Task.sleep(for: .seconds(5))
      #expect(try await machine.daemon() == daemon)
      let frozen = try await machine.shell("timeout 40 python3 /opt/freeze_loop.py \(daemon)", within: 60)
      #expect(frozen.output.contains("stopped"), "\(frozen.all)")
      try await machine.waitUntilActive()
      #expect(try await machine.daemon() != daemon)
      #expect(try await machine.output("journalctl -u leanto-home --no-pager | grep -c 'Watchdog timeout'") == "1")
      #expect(try await machine.output("curl -sf http://127.0.0.1:8080/hello/open/x").contains("GET"))
      _ = try await machine.output("rm -r /run/systemd/system/leanto-home.service.d && systemctl daemon-reload")
      _ = try await machine.output("systemctl restart leanto-home", within: 60)
    }

    @Test("Reloads under load lose no request")
    func reload() async throws {
      let machine = try machine()
      // The daemon is ready before its services are.
      let hello = "for i in $(seq 100); do curl -sf http://127.0.0.1:8080/hello/open/x && break; sleep 0.2; done"
      _ = try await machine.output(hello, within: 60)
      let load = try await machine.output(
        """
        (for at in 1 2 3 4 5; do
           sed -i /^monitoring/d /srv/home/leanto.yaml
           echo "monitoring: { interval: 1${at}s }" >>/srv/home/leanto.yaml
           systemctl reload leanto-home; sleep 0.5
         done) &
        wrk -t 2 -c 20 -d 4s http://127.0.0.1:8080/hello/open/x; wait
        """)
      #expect(load.contains("requests in"), "\(load)")
      #expect(!load.contains("Socket errors") && !load.contains("Non-2xx"), "\(load)")
      let journal = try await machine.output("journalctl -u leanto-home -o cat --no-pager | grep -c 'Reloaded '")
      #expect(Int(journal) ?? 0 >= 3)
      // Settings with problems change nothing, and the unit says so.
      _ = try await machine.output(
        "cp /srv/home/leanto.yaml /tmp/good && echo 'nonsense: 1' >>/srv/home/leanto.yaml && systemctl reload leanto-home")
      try await until("the unit tells of the problem") {
        try await machine.property("StatusText") == "The settings have problems"
      }
      #expect(try await machine.output("curl -sf http://127.0.0.1:8080/hello/open/x").contains("GET"))
      _ = try await machine.output("cp /tmp/good /srv/home/leanto.yaml && systemctl reload leanto-home")
    }

    @Test("down and up use the unit; what runs is finished first")
    func downAndUp() async throws {
      let machine = try machine()
      // A stream that never ends, cut by the end of its reader 3 s later: until then the stop waits for it.
      let drained = try await machine.output(
        """
        curl -sN --max-time 4 -u 'ada:correct horse battery staple' http://127.0.0.1:8080/hello/stream -o /tmp/stream & sleep 1
        before=$(wc -l </tmp/stream); leanto down --stack /srv/home; wait
        echo "$before $(wc -l </tmp/stream)"
        """, within: 60)
      let counts = drained.split(separator: "\n").last.map { $0.split(separator: " ").compactMap { Int($0) } } ?? []
      #expect(counts.count == 2 && counts[1] > counts[0] + 20, "\(drained)")
      #expect(try await machine.shell("systemctl is-active leanto-home").output.hasPrefix("inactive"))
      #expect(try await machine.shell("pgrep -u leanto -a").output == "")
      let up = try await machine.shell("leanto up --stack /srv/home", within: 90)
      #expect(up.status == 0, "\(up.all)")
      #expect(try await machine.output("systemctl is-active leanto-home") == "active")
    }

    @Test("The machine restarts: all of it comes back by itself, with the tunnel up")
    func reboot() async throws {
      let machine = try machine()
      let before = try await machine.output("cat /srv/home/run/tunnel-usage")
      try await machine.restart()
      try await machine.waitUntilActive(within: 40)
      try await machine.waitUntilOnline()
      #expect(try await machine.output("curl -sf http://127.0.0.1:8080/hello/open/x").contains("GET"))
      // What the month has used so far is known still.
      #expect(before.contains("\"month\""))
      #expect(try await machine.output("leanto tunnel status --stack /srv/home").contains("requests"))
    }

    @Test("remove leaves nothing but the stack")
    func removed() async throws {
      let machine = try machine()
      let removed = try await machine.shell("leanto service remove --stack /srv/home", within: 60)
      #expect(removed.status == 0, "\(removed.all)")
      #expect(try await machine.shell("ls /etc/systemd/system/leanto* /etc/systemd/system/*/leanto*").output == "")
      #expect(try await machine.shell("systemctl list-units --all --no-legend 'leanto*'").output == "")
      #expect(try await machine.shell("pgrep -a leanto; pgrep -af '[h]ello.py'; pgrep -af '[n]grok start'").output == "")
      #expect(try await machine.shell("id leanto").status != 0)
      #expect(try await machine.output("find /srv/home ! -user root | wc -l") == "0")
      #expect(try await machine.output("leanto check --stack /srv/home").hasPrefix("OK"))
    }
  }

  @Suite(
    "Started by a person's own systemd", .serialized,
    .enabled(if: SystemdMachine.isPossible, "needs Docker and Scripts/systemd-image"))
  struct UserUnitTests {
    @Test("install --user, lingering, kill -9, a restart of the machine, remove")
    func life() async throws {
      let machine = try await SystemdMachine(hasUserManagers: true)
      let result: Result<Void, any Error>
      do { result = .success(try await run(machine)) } catch { result = .failure(error) }
      await machine.dispose()
      try result.get()
    }

    private func run(_ machine: SystemdMachine) async throws {
      _ = try await machine.output(
        "useradd --create-home ada && cp -r /srv/home /home/ada/stack && chown -R ada:ada /home/ada/stack && loginctl enable-linger ada"
      )
      let ada = "runuser -u ada -- env XDG_RUNTIME_DIR=/run/user/$(id -u ada) HOME=/home/ada"
      try await until("ada's manager runs") {
        try await machine.shell("\(ada) systemctl --user is-system-running").output.contains("ing")
      }
      let installed = try await machine.shell("\(ada) leanto service install --user --stack /home/ada/stack", within: 60)
      #expect(installed.status == 0, "\(installed.all)")
      let process = "\(ada) systemctl --user show leanto-home --property MainPID --value"
      let first = try await machine.output(process)
      #expect(try await machine.output("ps -o user= -p \(first)") == "ada")
      _ = try await machine.output("kill -9 \(first)")
      try await until("it is back", within: 10) {
        try await machine.shell("curl -sf http://127.0.0.1:8080/hello/open/x").status == 0
      }
      try await machine.restart()
      try await until("it came back with the machine", within: 40) {
        try await machine.shell("curl -sf http://127.0.0.1:8080/hello/open/x").status == 0
      }
      let removed = try await machine.shell("\(ada) leanto service remove --stack /home/ada/stack", within: 60)
      #expect(removed.status == 0, "\(removed.all)")
      #expect(
        try await machine.shell("pgrep -af '[h]ello.py'; ls /home/ada/.config/systemd/user/leanto-home.service").output == "")
    }
  }
}
