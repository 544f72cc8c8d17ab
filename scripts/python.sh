#!/usr/bin/env bash
# Create a virtual environment: python.sh PYTHON FOLDER. Debian has venv in a separate package.
set -euo pipefail
python=$1 folder=$2
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "$python is older than Python 3.11; use another one: make PYTHON=python3.11 ..." >&2
    exit 1
}
if ! "$python" -m venv "$folder" >/dev/null 2>&1; then
    bash "$(dirname "$0")/apt.sh" python3-venv
    "$python" -m venv --clear "$folder"
fi
