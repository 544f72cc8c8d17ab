#!/bin/bash
# Installs the packages of package-lock.json; does nothing if they are installed already.
# As root on Debian, it also installs missing system packages with apt, without questions.
set -euo pipefail
cd "$(dirname "$0")"

readonly OLDEST_NODE=20
readonly STAMP=node_modules/.installed-from

absent() {
  ! command -v "$1" >/dev/null
}

node_prefix() {
  node -p 'require("node:path").resolve(process.execPath, "../..")'
}

# better-sqlite3 is compiled here, because the lock file has no hash for its prebuilt binary; at -O1 in half the time.
missing_packages() {
  if absent node; then printf '%s\n' nodejs libnode-dev; fi
  if absent npm; then echo npm; fi
  if absent python3; then echo python3; fi
  if absent g++; then echo g++; fi
  if absent make; then echo make; fi
  # Only the Node of Debian has its C++ headers in a separate package.
  if ! absent node && [ "$(node_prefix)" = /usr ] && [ ! -e /usr/include/node/node.h ]; then echo libnode-dev; fi
}

install_packages() {
  if [ "$(id -u)" -ne 0 ] || absent apt-get; then
    echo "backstage/install.sh: missing packages: $*; install them, or run this script as root on Debian" >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "$@"
}

require_recent_node() {
  local version
  version=$(node -p 'process.versions.node')
  if [ "${version%%.*}" -lt "$OLDEST_NODE" ]; then
    echo "backstage/install.sh: Backstage needs Node $OLDEST_NODE or newer; $(command -v node) is $version" >&2
    exit 1
  fi
}

# A compiled module works only with the Node version it was compiled for, so the stamp contains the version.
wanted_stamp() {
  node -p 'process.version + " " + process.arch'
  sha256sum package-lock.json install.sh
}

# The install scripts of the packages do not run: only better-sqlite3 needs one, which compile_sqlite replaces.
install_workspace() {
  npm ci --ignore-scripts
  compile_sqlite
}

compile_sqlite() {
  local headers=() log="$PWD/node_modules/.better-sqlite3.log"
  if [ -e "$(node_prefix)/include/node/node.h" ]; then headers=(--nodedir="$(node_prefix)"); fi
  echo "backstage: compiling better-sqlite3, half a minute"
  if ! (cd node_modules/better-sqlite3 && CFLAGS=-O1 CXXFLAGS=-O1 npm run build-release -- "${headers[@]}") >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    echo "backstage/install.sh: cannot compile better-sqlite3; the full output is in $log" >&2
    exit 1
  fi
}

mapfile -t missing < <(missing_packages)
if [ "${#missing[@]}" -gt 0 ]; then install_packages "${missing[@]}"; fi
require_recent_node

if [ "$(cat "$STAMP" 2>/dev/null)" = "$(wanted_stamp)" ]; then
  echo "backstage: installed already"
  exit 0
fi
install_workspace
wanted_stamp >"$STAMP"
