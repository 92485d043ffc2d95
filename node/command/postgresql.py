"""A PostgreSQL database out into a file and in from one, by PostgreSQL's own programs."""

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from node.neighbourhood.refusal import Refusal

NEEDED = "install PostgreSQL's own programs (Debian: apt install postgresql-client)"


def dump(url: str, to: Path) -> None:
    """Write the whole database as it is at one moment, also while the node runs. Raises Refusal."""
    by_hand = "or make the dump yourself: pg_dump --format=custom --no-owner --file=DUMP DATABASE"
    _run("pg_dump", url, by_hand, "--format=custom", "--no-owner", "--no-privileges", f"--file={to}")


def load(url: str, source: Path) -> None:
    """Fill an empty database: all of it or nothing. Raises Refusal."""
    by_hand = "or fill it yourself: pg_restore --no-owner --single-transaction --dbname=DATABASE DUMP"
    words = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    _run("pg_restore", url, by_hand, *words, f"--dbname={_name(url)}", str(source))


def _run(program: str, url: str, by_hand: str, *words: str) -> None:
    if shutil.which(program) is None:
        raise Refusal(f"{program} is not on this machine: {NEEDED}, {by_hand}")
    done = subprocess.run(
        [program, *words], capture_output=True, text=True, check=False, env=_whereabouts(url)
    )
    if done.returncode:
        raise Refusal(f"{program} did not work: {' '.join(done.stderr.split())[-500:]}")


def _whereabouts(url: str) -> dict[str, str]:
    """Where the database is, for PostgreSQL's programs. In the environment: others on this machine can read
    a command line, and there may be a password in it."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    found = {
        "PGHOST": query.get("host") or parts.hostname,
        "PGPORT": str(parts.port) if parts.port else query.get("port"),
        "PGUSER": unquote(parts.username or "") or query.get("user"),
        "PGPASSWORD": unquote(parts.password or "") or query.get("password"),
        "PGDATABASE": _name(url),
    }
    return {**os.environ, **{name: value for name, value in found.items() if value}}


def _name(url: str) -> str:
    return unquote(urlsplit(url).path.removeprefix("/"))
