#!/usr/bin/env bash
# Create the virtual environment with the Helm 4 engine: chart.sh PYTHON UV FOLDER. The engine (helm-sdkpy) needs Python 3.12 or
# newer: PYTHON if it is new enough, else one of this machine or of pyenv, else one that uv downloads.
set -euo pipefail
python=$1 uv=$2 folder=$3
here=$(dirname "$0")

suits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; }
found() {
    local each
    for each in "$python" python3.14 python3.13 python3.12 "$(pyenv root 2>/dev/null || true)"/versions/3.1[2-9]*/bin/python3; do
        if suits "$each"; then echo "$each" && return; fi
    done
    "$uv" python install --quiet 3.12 >/dev/null 2>&1 && "$uv" python find --managed-python 3.12
}

chosen=$(found) || {
    echo "the chart cannot be rendered: the Helm engine needs Python 3.12 or newer, and there is none on this machine," >&2
    echo "and uv could not download one; install one, or name it: make PYTHON=python3.12 test-chart" >&2
    exit 1
}
bash "$here/python.sh" "$chosen" "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$here/../requirements/chart.lock"
touch "$folder/ready"
