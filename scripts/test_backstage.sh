#!/bin/bash
# Checks the Backstage plugins and runs the tests with a real Backstage, side by side; both need what is built before.
# Usage: test_backstage.sh PYTHON
set -euo pipefail
cd "$(dirname "$0")/.."
readonly PYTHON=$1

(cd backstage && npm run --silent tsc && npm run --silent build:plugins && npm run --silent build:app >/dev/null)

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# What `npm run check` runs but for the compiler, which has run above.
(cd backstage && npm run format:check && npm run lint && npm test) >"$log" 2>&1 &
checks=$!

failed=0
# Two processes: with more, pages of Backstage take longer than a test waits, beside the tests of the plugins.
"$PYTHON" -m pytest -n 2 -m backstage tests/backstage tests/end_to_end tests/browser tests/ci_templates || failed=1
wait "$checks" || failed=1
cat "$log"
exit "$failed"
