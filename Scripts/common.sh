# Shared by the scripts beside it, which source it. Changes into the repository's root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Exit codes are those of leanto: something needed is missing.
readonly MISSING=4

say() { printf '==> %s\n' "$*"; }

fail() { # code, lines...
  local code=$1
  shift
  printf '%s\n' "$@" >&2
  exit "$code"
}

# Runs a command as root: directly, or by sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
    sudo "$@"
  else
    fail $MISSING "This needs root, and sudo cannot be used here." "Run as root: $*"
  fi
}

# Installs those of the named Debian packages that are not there yet.
require_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    fail $MISSING "Something needed is missing, and this is not a Debian machine." \
      "Install what your distribution calls: $*" "and run this again."
  fi
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  say "Installing ${missing[*]} (apt-get)"
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}")
  # A fresh machine has no package lists, an old one has stale ones: both are mended by one update.
  as_root "${install[@]}" || {
    as_root apt-get update -q
    as_root "${install[@]}"
  } || fail $MISSING "apt-get could not install ${missing[*]}." "See its message above, then run this again."
}

require_python() {
  command -v python3 >/dev/null && python3 -c 'import ensurepip, venv' 2>/dev/null || require_packages python3 python3-venv
}

# Makes a Python environment with the packages of a requirements file, at a path, in one step: an interrupted run leaves
# nothing at that path. A second argument list is run in the new environment before it is put in place.
make_environment() { # path, requirements, then optionally a command with {} for the new folder
  local path=$1 requirements=$2 partial="$1.partial"
  shift 2
  if cmp -s "$requirements" "$path/requirements.txt"; then return; fi
  require_python
  rm -rf "$partial"
  trap 'rm -rf '"$(printf %q "$partial")" EXIT
  python3 -m venv "$partial"
  "$partial/bin/python" -m pip install --disable-pip-version-check --no-input --progress-bar on -r "$requirements" ||
    fail 1 "pip could not install what $requirements names." "See its message above; is PyPI reachable from here?"
  [ $# = 0 ] || "${@//\{\}/$partial}"
  # Its programs name their interpreter by its place, which is about to change.
  grep -lIF "$partial/" "$partial"/bin/* | xargs -r sed -i "s|$partial/|$path/|g"
  cp "$requirements" "$partial/requirements.txt"
  rm -rf "$path"
  mv "$partial" "$path"
  trap - EXIT
}

# Waits for another run of the same installation instead of disturbing it.
only_one() { # name
  mkdir -p build
  exec 9>"build/.$1.lock"
  flock -n 9 || {
    say "Waiting for another run of $1"
    flock 9
  }
}

ollama_answers() {
  local line=""
  { exec 8<>/dev/tcp/127.0.0.1/11434; } 2>/dev/null || return 1
  printf 'GET /api/version HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&8
  read -r -t 2 line <&8 || true
  exec 8>&-
  [[ $line == HTTP/1.*\ 200* ]]
}
