# A throw-away PostgreSQL cluster: its own directory, a free port of the loopback address, a password of the moment.
# shellcheck shell=bash

: "${tools:?a directory for logs and tools}"

postgres_oldest=14
postgres_dir=
postgres_bin=

# The directory of the newest server programs.
postgres_programs() {
  local found
  found=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort --version-sort | tail -n 1)
  [[ -x $found ]] || found=$(command -v initdb) || return 1
  dirname "$(readlink -f "$found")"
}

# PostgreSQL refuses to run as root.
as_postgres() {
  if ((EUID == 0)); then
    (cd / && runuser -u "$postgres_user" -- "$@")
  else
    "$@"
  fi
}

free_port() {
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 10000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  return 1
}

# Starts the cluster and names it in WATCHWORD_TEST_POSTGRES_URL.
start_postgres() {
  postgres_programs >/dev/null || install postgresql || return 1
  postgres_bin=$(postgres_programs) || return 1
  local version port password
  version=$("$postgres_bin/postgres" --version | grep -o '[0-9]*' | head -n 1)
  if ((version < postgres_oldest)); then
    note "PostgreSQL $version is too old; $postgres_oldest is the oldest that is supported"
    return 1
  fi
  postgres_user=postgres
  id "$postgres_user" >/dev/null 2>&1 || postgres_user=nobody
  postgres_dir=$(mktemp -d /tmp/watchword-postgres.XXXXXX)
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '%s\n' "$password" >"$postgres_dir/password"
  if ((EUID == 0)); then chown -R "$postgres_user" "$postgres_dir"; fi
  as_postgres "$postgres_bin/initdb" --pgdata="$postgres_dir/data" --username=watchword \
    --pwfile="$postgres_dir/password" --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync \
    >"$tools/postgres.log" 2>&1 || { tail -n 5 "$tools/postgres.log"; return 1; }
  port=$(free_port) || return 1
  # Nothing of it is meant to survive the machine, so nothing waits for a disk.
  as_postgres "$postgres_bin/pg_ctl" start --pgdata="$postgres_dir/data" --log="$postgres_dir/log" --wait --silent \
    --options="-c port=$port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$postgres_dir \
      -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300" ||
    { tail -n 5 "$postgres_dir/log"; return 1; }
  export WATCHWORD_TEST_POSTGRES_URL="postgres://watchword:$password@127.0.0.1:$port/postgres"
  note "PostgreSQL $version on port $port, in $postgres_dir"
}

# Ends the cluster by the process id it wrote down, and removes its directory.
stop_postgres() {
  [[ -n $postgres_dir ]] || return 0
  if [[ -f $postgres_dir/data/postmaster.pid ]]; then
    as_postgres "$postgres_bin/pg_ctl" stop --pgdata="$postgres_dir/data" --mode=immediate --silent || true
  fi
  rm -rf "$postgres_dir"
  postgres_dir=
}
