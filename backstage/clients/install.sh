#!/bin/bash
# Installs the packages of package-lock.json; does nothing if they are installed already. ../install.sh installs Node.
set -euo pipefail
cd "$(dirname "$0")"

readonly STAMP=node_modules/.installed-from

if [ "$(cat "$STAMP" 2>/dev/null)" = "$(sha256sum package-lock.json)" ]; then
  echo "backstage/clients: installed already"
  exit 0
fi
npm ci --ignore-scripts
sha256sum package-lock.json >"$STAMP"
