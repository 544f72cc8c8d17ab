#!/usr/bin/env bash
# Install Debian packages: apt.sh PACKAGE... As root, or with sudo if that needs no password; otherwise print the command.
set -euo pipefail
# One at a time: two targets that run side by side would lock each other out of apt.
exec 9<"${BASH_SOURCE[0]}"
flock 9
if [ "$(id -u)" = 0 ]; then
    as_root=()
elif sudo --non-interactive true 2>/dev/null; then
    as_root=(sudo --non-interactive)
else
    echo "missing: $*; install it with: sudo apt-get install $*" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
