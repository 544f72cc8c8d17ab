#!/bin/bash
# Installs the Backstage backend exactly as backend/package-lock.json says; does nothing when it is there already.
# What the machine lacks is installed with apt when this runs as root, without questions.
set -euo pipefail
cd "$(dirname "$0")/backend"

readonly OLDEST_NODE=20
readonly STAMP=node_modules/.installed-from

absent() {
  ! command -v "$1" >/dev/null
}

node_prefix() {
  node -p 'require("node:path").resolve(process.execPath, "../..")'
}

# better-sqlite3 is compiled here: its ready-made binary comes from a host that the lock file's hashes do not cover.
missing_packages() {
  if absent node; then printf '%s\n' nodejs libnode-dev; fi
  if absent npm; then echo npm; fi
  if absent python3; then echo python3; fi
  if absent g++; then echo g++; fi
  if absent make; then echo make; fi
  # Only Debian's own Node keeps its C++ headers in a package of their own.
  if ! absent node && [ "$(node_prefix)" = /usr ] && [ ! -e /usr/include/node/node.h ]; then echo libnode-dev; fi
}

install_packages() {
  if [ "$(id -u)" -ne 0 ] || absent apt-get; then
    echo "backstage/install.sh: this machine lacks: $*; install them, or run this as root on Debian" >&2
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

# A compiled module fits only the Node it was compiled for, so the version belongs to the stamp.
wanted_stamp() {
  node -p 'process.version + " " + process.arch'
  sha256sum package-lock.json ../install.sh
}

# The install scripts of the packages do not run: only better-sqlite3 needs its own, and that one is called by name.
install_backend() {
  npm ci --ignore-scripts
  compile_sqlite
  name_backend
}

compile_sqlite() {
  local headers=() log="$PWD/node_modules/.better-sqlite3.log"
  if [ -e "$(node_prefix)/include/node/node.h" ]; then headers=(--nodedir="$(node_prefix)"); fi
  echo "backstage/backend: compiling better-sqlite3, a minute or two"
  if ! (cd node_modules/better-sqlite3 && npm run build-release -- "${headers[@]}") >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    echo "backstage/install.sh: better-sqlite3 did not compile; all of it is in $log" >&2
    exit 1
  fi
}

# Backstage finds the schemas of its configuration, and with them the secrets to keep out of its log, only from a
# package that Node can resolve by name (backend-defaults 0.18.0, createConfigSecretEnumerator).
name_backend() {
  local name
  name=$(node -p 'require("./package.json").name')
  mkdir "node_modules/$name"
  ln -s ../../package.json "node_modules/$name/package.json"
}

mapfile -t missing < <(missing_packages)
if [ "${#missing[@]}" -gt 0 ]; then install_packages "${missing[@]}"; fi
require_recent_node

if [ "$(cat "$STAMP" 2>/dev/null)" = "$(wanted_stamp)" ]; then
  echo "backstage/backend: installed already"
  exit 0
fi
install_backend
wanted_stamp >"$STAMP"
