# Makes .venv in the checkout, with the versions a lock file pins. Sourced by deploy/try.sh and tests/run.sh:
#
#     checkout=/path/to/the/checkout
#     . "$checkout/deploy/environment.sh"
#     environment deploy        # what the program needs (deploy/requirements.txt)
#     environment tests         # that, and what the tests need (tests/requirements.txt)
#
# .venv/ready says what was finished, and from which files. A .venv it does not vouch for is made anew.
# Nothing here writes to stdout.

venv=$checkout/.venv

say() { printf '%s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

# Runs a talkative command; shows what it said only when it fails.
quietly() (
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    trap 'exit 130' INT TERM
    "$@" >"$log" 2>&1 </dev/null || { cat "$log" >&2; fail "Failed: $*"; }
)

# One run at a time: the lock is on the checkout's directory and goes when its holder does, however that ends.
alone() (
    flock -n 9 || { say "Waiting for another run that is setting up ..."; flock 9; }
    "$@" 9<&-
) 9<"$checkout"

system_packages() {
    command -v apt-get >/dev/null || fail "Missing: $*. Install these with your system's package manager."
    [ "$(id -u)" -eq 0 ] || fail "Missing: $*. This installs them:
  sudo apt-get update && sudo apt-get install --yes --no-install-recommends $*"
    say "Installing $* ..."
    quietly apt-get update
    quietly env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@"
}

# Prints the interpreter itself, also when a virtual environment is active.
find_python() {
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        "$python" -c 'import sys; sys.exit(sys.maxsize < 2**32)' ||
            fail "This is a 32 bit system. Buurtknoop needs a 64 bit one (for a Raspberry Pi: Raspberry Pi OS, 64 bit)."
        "$python" -c 'import sys; print(sys._base_executable)'
        return
    done
    fail "Python 3.11 or newer is needed; found: $(python3 --version 2>/dev/null || echo none).
On Debian 12, Raspberry Pi OS 12 or newer: sudo apt-get install python3"
}

# Prints the system's package that is still to be installed so that this Python can make a virtual environment.
venv_package() {
    "$1" -c 'import venv, ensurepip' 2>/dev/null ||
        "$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
}

# All that decides what .venv holds.
fingerprint() {
    {
        printf '%s\n' "$checkout"
        "$venv/bin/python" -c 'import sys; print(sys.version_info[:2])' 2>/dev/null
        cat "$checkout/pyproject.toml" "$checkout/deploy/environment.sh" \
            "$checkout/deploy/requirements.txt" "$checkout/tests/requirements.txt"
    } | sha256sum
}

ready() { grep -qxF "$1 $(fingerprint)" "$venv/ready" 2>/dev/null; }

pip_install() { quietly "$venv/bin/python" -m pip install --no-input --disable-pip-version-check "$@"; }

make_environment() {
    ! ready "$1" || return 0
    python=$(find_python)
    missing=$(venv_package "$python")
    [ -z "$missing" ] || system_packages "$missing"
    say "Setting up $venv for $1: a minute or two, only this time ..."
    ready deploy || quietly "$python" -m venv --clear "$venv"
    rm -f "$venv/ready"
    pip_install --only-binary :all: --require-hashes -r "$checkout/$1/requirements.txt"
    pip_install --no-index --no-deps --no-build-isolation -e "$checkout"
    # The tests' lock holds all that deploy's holds, at the same versions.
    for part in deploy "$1"; do printf '%s %s\n' "$part" "$(fingerprint)"; done | sort -u >"$venv/ready.new"
    mv "$venv/ready.new" "$venv/ready"
}

environment() { ready "$1" || alone make_environment "$1"; }
