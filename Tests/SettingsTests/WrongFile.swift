/// Settings files that are wrong as YAML, in its keys and in its plain values: the file, `--`, and its problems in order.
let wrongFile = #"""
  == YAML: nothing at all
  --
  leanto.yaml: is empty; the smallest file is: services: { n8n: { preset: n8n } }
  == YAML: only comments
  # nothing yet

  --
  leanto.yaml: is empty; the smallest file is: services: { n8n: { preset: n8n } }
  == YAML: a list instead of keys
  - n8n
  - flowise
  --
  leanto.yaml:1: should be keys and values such as services: { n8n: { preset: n8n } }, not a list
  == YAML: a word instead of keys
  n8n
  --
  leanto.yaml:1: should be keys and values such as services: { n8n: { preset: n8n } }, not "n8n"
  == YAML: a tab as indentation
  gateway:
  \#tlocal: 127.0.0.1:8080
  --
  leanto.yaml:2: is indented by a tab: use spaces
  == YAML: a tab before a list's item
  llm:
    models:
    \#t- gemma3:270m
  --
  leanto.yaml:3: is indented by a tab: use spaces
  == YAML: a value that begins with @
  tunnel:
    domain: @home
  --
  leanto.yaml:2: begins with @: put the value in quotes
  == YAML: a value that begins with a backtick
  name: `hostname`
  --
  leanto.yaml:1: begins with `: put the value in quotes
  == YAML: a colon in a value
  name: home: sweet
  --
  leanto.yaml:1: has a ": " where no key can be: check the indentation and the line above, or put the value in quotes
  == YAML: a key without a colon
  gateway:
    local 127.0.0.1
    lan: off
  --
  leanto.yaml:3: has a ": " where no key can be: check the indentation and the line above, or put the value in quotes
  == YAML: a key outdented half-way
  gateway:
      local: off
    tunnel: off
  --
  leanto.yaml:3: is not a key: check the indentation and the quotes
  == YAML: a list on the key's line
  llm:
    models: - gemma3:270m
  --
  leanto.yaml:2: has a "- " where no list can be: put it on a line of its own
  == YAML: brackets left open
  llm:
    models: [gemma3:270m
  name: home
  --
  leanto.yaml:3: is in a list [ ] that lacks a comma or its ]; it begins in line 2
  == YAML: braces left open
  services: { n8n: { preset: n8n }
  name: home
  --
  leanto.yaml:2: is in a mapping { } that lacks a comma or its }; it begins in line 1
  == YAML: a quote left open
  name: "home
  runner: auto
  --
  leanto.yaml:1: has a quote that is not closed
  == YAML: an escape that means nothing
  services:
    worker: { command: ["C:\data", x] }
  --
  leanto.yaml:2: has a \ in double quotes that means nothing: double it, or use single quotes
  == YAML: an escape without its digits
  name: "\xZZ"
  --
  leanto.yaml:1: has a \x or \u in double quotes without its digits: use single quotes
  == YAML: a control character
  name: ho\#u{7}me
  --
  leanto.yaml:1: has a control character: remove it
  == YAML: a tag that nobody defined
  name: !u!str home
  --
  leanto.yaml:1: begins with a ! that names no type: put the value in quotes
  == YAML: two documents
  name: home
  ---
  name: other
  --
  leanto.yaml:2: should be one document: a second begins here, remove the ---
  == YAML: an anchor and its alias
  services:
    a: &a { preset: n8n }
    b: *a
  --
  leanto.yaml:2: services.a: anchors (&name) are not taken here: remove it
  leanto.yaml:3: services.b: aliases (*name) are not taken here: write the value again
  == YAML: a tag
  name: !!str home
  --
  leanto.yaml:1: name: tags (!name) are not taken here: remove it, or put the value in quotes
  == YAML: a list as a key
  ? [a, b]
  : c
  --
  leanto.yaml:1: a key should be a word, not a list or a mapping
  == YAML: a key twice
  gateway:
    local: off
    tunnel: off
    local: 127.0.0.1:9000
  --
  leanto.yaml:4: gateway.local: is written twice: line 2 has it too
  == YAML: deeper than anybody writes
  name: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
  --
  leanto.yaml:1: is nested deeper than 32 levels: that is no settings file
  == YAML: a variable without quotes inside braces
  gateway:
    limits: { head: ${HEAD} }
  --
  leanto.yaml:2: has a ${ inside [ ] or { }: put the value in quotes
  == Keys: one letter too few
  gatway: { local: off }
  --
  leanto.yaml:1: gatway: is no key here; did you mean gateway?
  == Keys: two letters swapped
  monitoring: { intreval: 5s }
  --
  leanto.yaml:1: monitoring.intreval: is no key here; did you mean interval?
  == Keys: an underscore
  gateway:
    limits: { connections_per_address: 10 }
  --
  leanto.yaml:2: gateway.limits.connections_per_address: is no key here; did you mean connections-per-address?
  == Keys: another case
  gateway: { Local: off }
  --
  leanto.yaml:1: gateway.Local: is no key here; did you mean local?
  == Keys: none is near
  services:
    n8n: { preset: n8n, ssl: yes }
  --
  leanto.yaml:2: services.n8n.ssl: is no key here; known: preset, version, at, prefix, public, auth, upstream, command, port, image, volumes, environment, data, after, health, limits, echo
  == Keys: a key of another place
  local: 127.0.0.1:8080
  --
  leanto.yaml:1: local: is no key here; known: name, runner, gateway, access, tunnel, llm, services, monitoring, alerts, backups, updates
  == Keys: a section that is a word
  gateway: caddy
  --
  leanto.yaml:1: gateway: should be keys and values, not "caddy"
  == Keys: a section that is a list
  access: [basic]
  --
  leanto.yaml:1: access: should be keys and values, not a list
  == Keys: a value that is a section
  name: { first: home }
  --
  leanto.yaml:1: name: should be a name of lower-case letters, digits and inner hyphens, 40 at most, not keys and values
  == Keys: a value that is a list
  runner: [native]
  --
  leanto.yaml:1: runner: should be auto, compose or native, not a list
  == Keys: nothing written where something is needed
  gateway:
    local:
    tunnel: 127.0.0.1:8081
  --
  leanto.yaml:2: gateway.local: should be an address such as 127.0.0.1:8080, [::1]:8080 or unix:run/gateway.sock, or off; nothing is written
  == Values: a name with capitals and spaces
  name: My Home
  --
  leanto.yaml:1: name: should be a name of lower-case letters, digits and inner hyphens, 40 at most, not "My Home"
  == Values: a word that is no choice
  runner: docker
  --
  leanto.yaml:1: runner: should be auto, compose or native, not "docker"
  == Values: a word that is nearly a choice
  gateway: { engine: cady }
  --
  leanto.yaml:1: gateway.engine: should be auto, caddy or builtin, not "cady"; did you mean caddy?
  == Values: durations
  gateway:
    timeouts:
      head: 10
      idle: 75 s
      connect: 5sec
      upstream: -5m
      drain: 0s
      stream-idle: 1.5h
  --
  leanto.yaml:3: gateway.timeouts.head: should be a duration such as 10s, 5m, 12h or 30d, not "10"
  leanto.yaml:4: gateway.timeouts.idle: should be a duration such as 10s, 5m, 12h or 30d, not "75 s"
  leanto.yaml:5: gateway.timeouts.connect: should be a duration such as 10s, 5m, 12h or 30d, not "5sec"
  leanto.yaml:6: gateway.timeouts.upstream: should be a duration such as 10s, 5m, 12h or 30d, not "-5m"
  leanto.yaml:7: gateway.timeouts.drain: should be from 1ms to 365d, not "0s"
  leanto.yaml:8: gateway.timeouts.stream-idle: should be a duration such as 10s, 5m, 12h or 30d, not "1.5h"
  == Values: a duration out of its range
  alerts: { reminder: 1m }
  monitoring: { interval: 2d }
  --
  leanto.yaml:1: alerts.reminder: should be from 5m to 30d, not "1m"
  leanto.yaml:2: monitoring.interval: should be from 1s to 1d, not "2d"
  == Values: sizes
  gateway:
    limits:
      head: 1MiB
      body: 200MB
  --
  leanto.yaml:3: gateway.limits.head: should be from 1KiB to 64KiB, not "1MiB"
  leanto.yaml:4: gateway.limits.body: should be a size such as 64KiB, 200MiB or 2GiB, not "200MB"
  == Values: a size without a unit
  monitoring: { access-log: { size: 2147483648 } }
  --
  leanto.yaml:1: monitoring.access-log.size: should be a size such as 64KiB, 200MiB or 2GiB, not "2147483648"
  == Values: a size too large to count
  services: { a: { preset: n8n, limits: { memory: 999999999TiB } } }
  --
  leanto.yaml:1: services.a.limits.memory: should be a size such as 64KiB, 200MiB or 2GiB, not "999999999TiB"
  == Values: counts
  llm: { concurrency: 0, queue: many }
  monitoring: { down-after: 2.5 }
  --
  leanto.yaml:1: llm.concurrency: should be a whole number from 1 to 10000, not "0"
  leanto.yaml:1: llm.queue: should be a whole number from 0 to 100000, not "many"
  leanto.yaml:2: monitoring.down-after: should be a whole number from 1 to 1000, not "2.5"
  == Values: on and off
  monitoring: { access-log: { json: maybe } }
  --
  leanto.yaml:1: monitoring.access-log.json: should be on or off, not "maybe"
  == Values: times of the day
  backups: { at: "24:00" }
  alerts: { quiet: "11pm-7am" }
  updates: { at: "Sunday 4:00" }
  --
  leanto.yaml:1: backups.at: should be a time of the day from "00:00" to "23:59", not "24:00"
  leanto.yaml:2: alerts.quiet: should be a time such as "23:00-07:00" or off, not "11pm-7am"
  leanto.yaml:3: updates.at: should be a day and a time such as "Sun 04:00", not "Sunday 4:00"
  == Values: keep nothing
  backups:
    keep: { daily: 0, weekly: 0, monthly: 0 }
  --
  leanto.yaml:2: backups.keep: should keep at least one of daily, weekly or monthly
  == Values: a variable that is not set
  tunnel:
    domain: ${NO_SUCH_NAME}
  --
  leanto.yaml:2: tunnel.domain: needs the environment variable NO_SUCH_NAME, which is not set
  == Values: a variable without its brace
  tunnel: { domain: "${HOME" }
  --
  leanto.yaml:1: tunnel.domain: has a ${ without its }; a literal dollar is written $$
  == Values: a variable with a default, as a shell has it
  tunnel: { domain: "${DOMAIN:-home}" }
  --
  leanto.yaml:1: tunnel.domain: should have a variable's name in ${DOMAIN:-home}, such as ${HOME}
  == Values: what a variable holds is wrong, and is not shown
  gateway: { local: "${SECRET}" }
  --
  leanto.yaml:1: gateway.local: should be an address such as 127.0.0.1:8080, [::1]:8080 or unix:run/gateway.sock, or off, not "${SECRET}"
  == Values: a NUL by an escape
  services:
    a: { preset: n8n, environment: { A: "x\0y" } }
  --
  leanto.yaml:2: services.a.environment.A: has a NUL character: remove it
  == YAML: an end of the file inside a value
  name: 'home
  --
  leanto.yaml:1: has a quote that is not closed
  == YAML: a word that stands where a key should
  gateway: { local: off }
  services
  --
  leanto.yaml:2: is a key without a ": " and a value
  == Keys: a name that no terminal should see
  "a\eb\u202e": 1
  --
  leanto.yaml:1: a?b?: is no key here; known: name, runner, gateway, access, tunnel, llm, services, monitoring, alerts, backups, updates
  == Keys: a name without end
  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: 1
  --
  leanto.yaml:1: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...: is no key here; known: name, runner, gateway, access, tunnel, llm, services, monitoring, alerts, backups, updates
  """#
