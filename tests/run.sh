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

[ -d "$venv" ] || python=$(find_python)
[ -z "$(missing_packages)" ] || alone install_missing_packages
environment tests

cd "$checkout"
if [ $# -eq 0 ]; then
    "$venv/bin/python" -m ruff check --quiet
    "$venv/bin/python" -m ruff format --check --quiet
    "$venv/bin/python" -m mypy --no-error-summary
fi
exec "$venv/bin/python" -m pytest -n auto --maxprocesses 8 --dist loadscope "$@"
