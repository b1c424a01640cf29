# What the scripts tell the person who waits, and what they will have to say at the end.
# shellcheck shell=bash

failed=()   # checks that ran and did not pass
missing=()  # things that should have run and could not
skipped=()  # things that were left out, and may be

step() { printf '\n==> %s\n' "$*"; }
note() { printf '    %s\n' "$*"; }

# Runs one check; a failure is kept for the end, so that one run tells everything.
check() {
  local name=$1
  shift
  step "$name"
  "$@" || failed+=("$name")
}

# The last words. Fails if anything did.
verdict() {
  local line
  step "Done"
  for line in "${skipped[@]}"; do note "left out: $line"; done
  for line in "${missing[@]}"; do note "COULD NOT RUN: $line"; done
  for line in "${failed[@]}"; do note "FAILED: $line"; done
  if ((${#failed[@]} + ${#missing[@]})); then
    return 1
  fi
  note "Everything that was to run passed."
}
