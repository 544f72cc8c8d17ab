#!/usr/bin/env bash
# Install the programs that tests, the demo and the benchmarks use: peers.sh [bench|postgresql]. A program that cannot be installed
# is named, and its tests are skipped (with CI=true this fails).
set -uo pipefail
here=$(dirname "$0")
missing=()
need() { command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || missing+=("$2"); }
need git git
need docker-registry docker-registry
need skopeo skopeo
need htpasswd apache2-utils
# The browser without windows needs half the processor time of the whole one, which serves too.
[ "${CI:-}" != true ] && command -v chromium >/dev/null || need chromium-headless-shell chromium-headless-shell
need jq jq
need nginx nginx
# What the script of ci-templates/ runs with.
need buildah buildah
need busybox busybox
need curl curl
need gawk gawk
if [ "${1:-}" = bench ]; then
    need wrk wrk
fi
if [ "${1:-}" = postgresql ] && ! compgen -G '/usr/lib/postgresql/*/bin/pg_ctl' >/dev/null; then
    need pg_ctl postgresql
fi
[ ${#missing[@]} = 0 ] && exit 0
echo "installing ${missing[*]}"
bash "$here/apt.sh" "${missing[@]}" && exit 0
# Where the browser without windows is not to be had, the whole one is installed.
others=()
for package in "${missing[@]}"; do
    [ "$package" = chromium-headless-shell ] && package=chromium
    [ "$package" = chromium ] && command -v chromium >/dev/null || others+=("$package")
done
[ ${#others[@]} = 0 ] || bash "$here/apt.sh" "${others[@]}" || [ "${CI:-}" != true ]
