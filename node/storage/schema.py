"""Which schema a database has, and how it gets the newest."""

import asyncio
import os
import re
import sqlite3
import sys
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from node.storage.database import Database, Transaction

_STEPS = Path(__file__).parent / "migrations" / "versions"


class Newer(Exception):
    """The database was made by a later version of the program; going back is not possible."""


def newest() -> str:
    """The number of the last step this program knows."""
    return max(found[1] for path in _STEPS.glob("*.py") if (found := re.match(r"(\d{4})_", path.name)))


def current(tx: Transaction) -> str | None:
    """The number of the last step this database has had; None for an empty one."""
    try:
        found = tx.run(text("SELECT version_num FROM alembic_version")).scalar()
    except (OperationalError, ProgrammingError):
        return None
    return str(found) if found else None


async def prepare(database: Database) -> None:
    """Bring the schema to the newest step, with a copy of an SQLite file made before. Raises Newer."""
    found = await database.reading(current)
    if found == newest():
        return
    if found is not None and found > newest():
        raise Newer(
            f"this database has schema {found}, this program knows up to {newest()}: use a newer program"
        )
    if found is not None and database.sqlite_path:
        await asyncio.to_thread(
            _copy, database.sqlite_path, database.sqlite_path.with_suffix(f".before-{newest()}.db")
        )
    arguments = [sys.executable, "-m", "node.storage.migrations"]
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*arguments, stdin=pipe, stderr=pipe)
    _, said = await child.communicate(database.driver_url.encode())  # it may hold a password: no argument
    if child.returncode:
        raise RuntimeError(f"the schema could not be brought up to date: {said.decode()[-2000:]}")
    await database.refresh()


def _copy(path: Path, to: Path) -> None:
    to.unlink(missing_ok=True)
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with sqlite3.connect(path) as source:
        source.execute("VACUUM INTO ?", (str(to),))
    handle = os.open(to, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
