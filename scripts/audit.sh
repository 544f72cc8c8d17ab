#!/usr/bin/env bash
# Compare the pinned packages with the published advisories: audit.sh PIP_AUDIT [NPM]. Exits with 1 where a package has one,
# and with 2 where an advisory source cannot be asked: then nothing is known, whatever else was printed.
set -uo pipefail
cd "$(dirname "$0")/.."
pip_audit=$1 npm=${2:-npm}
vulnerable=0 unknown=0

# What it says is shown; one line says what it means.
report() {
    local name=$1 status=$2 said=$3 found=$4
    if [ "$status" = 0 ]; then
        echo "$name: no known vulnerabilities"
    elif grep -qE "$found" <<<"$said"; then
        printf '%s\n%s: VULNERABLE, see above\n' "$said" "$name"
        vulnerable=1
    else
        printf '%s\n%s: NOT AUDITED, see above\n' "$(tail -n 3 <<<"$said")" "$name"
        unknown=1
    fi
}

for lock in requirements/*.lock; do
    # --strict: by itself pip-audit leaves out what it cannot ask for, and succeeds.
    said=$("$pip_audit" --strict --disable-pip --require-hashes --progress-spinner off --requirement "$lock" 2>&1)
    report "$lock" $? "$said" '^Found [0-9]+ known vulnerabilit'
done
for lock in backstage/package-lock.json; do
    said=$(cd "$(dirname "$lock")" && "$npm" audit --package-lock-only --omit=dev 2>&1)
    report "$lock" $? "$said" '[0-9]+ (\w+ severity )?vulnerabilit'
done

if [ "$unknown" = 1 ]; then
    echo "The advisories could not be read, so this says nothing about the packages marked NOT AUDITED. Run make audit where" \
        "the package indexes of Python and npm themselves can be reached; a mirror that has only packages is not enough." >&2
    exit 2
fi
exit "$vulnerable"
