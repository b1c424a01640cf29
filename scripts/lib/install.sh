# Puts Debian's packages on this machine where that is allowed: as root, or with a sudo that asks no password.
# shellcheck shell=bash

: "${tools:?a directory for logs and tools}"

as_root=()
may_install=no
lists_are_fresh=no

if ! command -v apt-get >/dev/null; then
  why_not="this is not Debian or Ubuntu"
elif ((EUID == 0)); then
  may_install=yes
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  may_install=yes as_root=(sudo -n)
else
  why_not="not root, and sudo wants a password"
fi

# Installs the packages named; false when it may not or cannot.
install() {
  if [[ $may_install == no ]]; then
    note "cannot install $*: $why_not"
    return 1
  fi
  note "installing $*"
  local log="$tools/apt.log"
  if [[ $lists_are_fresh == no ]]; then
    "${as_root[@]}" apt-get update >"$log" 2>&1 || { tail -n 5 "$log"; return 1; }
    lists_are_fresh=yes
  fi
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --no-install-recommends "$@" >>"$log" 2>&1 || { tail -n 5 "$log"; return 1; }
}
