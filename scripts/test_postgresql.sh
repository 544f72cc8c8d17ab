#!/usr/bin/env bash
# Run the tests of everything that is stored over PostgreSQL: test_postgresql.sh PYTHON PROCESSES [PYTEST ARGUMENT...]. The
# server is temporary: its data and its socket are in a folder that is removed at the end, and it listens at no port.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1 processes=$2
shift 2
[ $# -gt 0 ] || set -- tests/contracts tests/provider tests/end_to_end/test_several_workers.py

# Debian has the programs of each version in a folder of its own, which is not in PATH.
programs=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$programs" ] || programs=$(dirname "$(command -v pg_ctl)" 2>/dev/null) || true
if [ ! -x "$programs/pg_ctl" ]; then
    echo "PostgreSQL's pg_ctl is in neither /usr/lib/postgresql nor PATH; install the package postgresql" >&2
    exit 1
fi

# The server refuses to run as root.
as_owner=()
[ "$(id -u)" != 0 ] || as_owner=(runuser -u postgres --)
# A short path, because a socket is created in it.
folder=$(mktemp -d /tmp/image-factory-pg.XXXXXX)
stop() {
    "${as_owner[@]}" "$programs/pg_ctl" --pgdata="$folder/data" --mode=immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM HUP
[ "$(id -u)" != 0 ] || chown postgres "$folder"
cd "$folder"
"${as_owner[@]}" "$programs/initdb" --pgdata=data --username=postgres --auth=trust --no-sync --encoding=UTF8 \
    --locale=C.UTF-8 >initdb.log || { cat initdb.log >&2; exit 1; }
# Nothing has to survive a crash of this server. Each test has a database, and each process a pool of connections.
options="-c listen_addresses= -c unix_socket_directories=$folder -c fsync=off -c synchronous_commit=off"
options+=" -c full_page_writes=off -c max_connections=300 -c log_checkpoints=off"
"${as_owner[@]}" "$programs/pg_ctl" --pgdata="$folder/data" --log="$folder/server.log" --options="$options" --wait start \
    >/dev/null || { cat server.log >&2; exit 1; }
cd "$OLDPWD"

IMAGE_FACTORY_TEST_POSTGRESQL_URL="postgresql+psycopg://postgres@/postgres?host=$folder" \
    "$python" -m pytest -n "$processes" -k postgresql "$@" || {
    status=$?
    echo "the last lines of the server's log:" >&2
    tail -n 20 "$folder/server.log" >&2
    exit $status
}
