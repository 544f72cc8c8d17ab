#!/bin/bash
# Installs oidc-provider from package-lock.json; does nothing if it is installed already. backstage/install.sh installs Node.
set -euo pipefail
cd "$(dirname "$0")"

readonly STAMP=node_modules/.installed-from

if [ "$(cat "$STAMP" 2>/dev/null)" = "$(sha256sum package-lock.json)" ]; then
  echo "tests/peers/oidc: installed already"
  exit 0
fi
npm ci --ignore-scripts
sha256sum package-lock.json >"$STAMP"
