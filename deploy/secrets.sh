#!/usr/bin/env bash
# Make the secrets of compose.yaml in the folder secrets/ beside it: secrets.sh [FOLDER]. What exists stays as it is.
# Only your user can enter the folder. The files can be read by all, because the user of a container has another number.
set -euo pipefail
umask 022
folder=${1:-$(dirname "$0")/secrets}
mkdir -p -m 0700 "$folder"
cd "$folder"

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { # NAME, and the value on standard input
    if [ -e "$1" ]; then
        cat >/dev/null
    else
        cat >"$1.new" && mv "$1.new" "$1" && echo "created $folder/$1"
    fi
}

random | keep database_password
echo "postgresql+psycopg://image_factory:$(cat database_password)@postgres/image_factory" | keep database_url
echo "admin:admin:$(random)" | keep api_tokens
random | keep secret_key
