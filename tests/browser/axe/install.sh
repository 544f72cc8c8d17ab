#!/bin/bash
# Installs axe-core exactly as package-lock.json says; does nothing when it is there already. Node comes with
# backstage/install.sh.
set -euo pipefail
cd "$(dirname "$0")"

readonly STAMP=node_modules/.installed-from

if [ "$(cat "$STAMP" 2>/dev/null)" = "$(sha256sum package-lock.json)" ]; then
  echo "tests/browser/axe: installed already"
  exit 0
fi
npm ci --ignore-scripts
sha256sum package-lock.json >"$STAMP"
