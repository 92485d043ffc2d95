#!/bin/sh
# Starts a whole town on this machine, to try: sh deploy/try.sh [--port 8400] [--nodes 3] [--json] ...
# Needs git and Python 3.11 or newer; the words after it go to `buurtknoop demo`. Ctrl-C stops it all.
set -eu

checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$checkout/deploy/environment.sh"
environment deploy

export PYTHONSAFEPATH=1 # the directory one happens to be in holds none of our code
exec "$venv/bin/python" -m node demo "$@"
