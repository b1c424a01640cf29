# Headless Chromium by its driver, and axe-core, which looks for barriers in the pages.
# shellcheck shell=bash

: "${tools:?a directory for logs and tools}"

axe_version=4.14.1
axe_sha256=29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c
chromedriver_pid=

has_chromium() {
  command -v chromedriver >/dev/null || return 1
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null
}

# Debian's names first, then Ubuntu's.
install_chromium() {
  install chromium chromium-driver || install chromium-browser chromium-chromedriver
}

# Fetches the pinned axe-core once and names it in WATCHWORD_TEST_AXE.
fetch_axe() {
  local axe="$tools/axe-core-$axe_version.min.js"
  if ! is_axe "$axe"; then
    command -v npm >/dev/null || install npm || return 1
    note "fetching axe-core $axe_version"
    npm pack "axe-core@$axe_version" --pack-destination "$tools" >"$tools/npm.log" 2>&1 ||
      { tail -n 5 "$tools/npm.log"; return 1; }
    tar --extract --gzip --to-stdout --file="$tools/axe-core-$axe_version.tgz" package/axe.min.js >"$axe"
    is_axe "$axe" || { note "axe-core $axe_version is not what it was: wrong SHA-256"; return 1; }
  fi
  export WATCHWORD_TEST_AXE="$axe"
}

is_axe() { [[ -f $1 ]] && sha256sum --check --status <<<"$axe_sha256  $1"; }

# Starts the driver on a port of its own choice and names it in WATCHWORD_TEST_CHROMEDRIVER_URL.
start_browser() {
  has_chromium || install_chromium || return 1
  fetch_axe || return 1
  local log="$tools/chromedriver.log" port=
  : >"$log" # of an earlier run
  chromedriver --port=0 >"$log" 2>&1 &
  chromedriver_pid=$!
  for _ in {1..200}; do
    port=$(sed -n 's/.*started successfully on port \([0-9]*\).*/\1/p' "$log")
    [[ -z $port ]] || break
    kill -0 "$chromedriver_pid" 2>/dev/null || break
    sleep 0.1
  done
  [[ -n $port ]] || { tail -n 5 "$log"; return 1; }
  export WATCHWORD_TEST_CHROMEDRIVER_URL="http://127.0.0.1:$port"
  note "$(chromedriver --version | cut -d ' ' -f 1,2) on port $port"
}

stop_browser() {
  [[ -n $chromedriver_pid ]] || return 0
  kill "$chromedriver_pid" 2>/dev/null || true
  wait "$chromedriver_pid" 2>/dev/null || true
  chromedriver_pid=
}
