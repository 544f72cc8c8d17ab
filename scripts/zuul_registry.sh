#!/usr/bin/env bash
# Install zuul-registry, the second registry of the tests, into its own virtual environment: zuul_registry.sh PYTHON FOLDER.
# If that fails, its tests are skipped (with CI=true this fails).
set -uo pipefail
python=$1 folder=$2 here=$(dirname "$0")
installed() {
    bash "$here/python.sh" "$python" "$folder" &&
        "$folder/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$here/../requirements/peers.lock" &&
        touch "$folder/ready"
}
installed || {
    echo "zuul-registry cannot be installed; the tests that use it are skipped" >&2
    [ "${CI:-}" != true ]
}
