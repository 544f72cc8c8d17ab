#!/usr/bin/env bash
# What tests and the demo talk to, and what the bench compares with: peers.sh [bench]. A peer that cannot be had is named;
# its tests are then skipped (with CI=true: failed).
set -uo pipefail
here=$(dirname "$0")
missing=()
need() { command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || missing+=("$2"); }
need git git
need docker-registry docker-registry
need skopeo skopeo
need htpasswd apache2-utils
need chromium chromium
need jq jq
if [ "${1:-}" = bench ]; then
    need nginx nginx
    need wrk wrk
fi
[ ${#missing[@]} = 0 ] && exit 0
echo "installing ${missing[*]}"
bash "$here/apt.sh" "${missing[@]}" || [ "${CI:-}" != true ]
