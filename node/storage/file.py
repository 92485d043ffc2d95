"""One SQLite file: a thread that writes and a few that look, each with a connection of its own.

A whole transaction is one trip to a thread of aiosqlite's: a trip for every statement costs ten times what
the statement does.
"""

import asyncio
import fcntl
import logging
import os
import sqlite3
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import Connection, Engine, NullPool, create_engine, event

from node.storage.batch import Batch, Job

T = TypeVar("T")

READERS = 4

PRAGMAS = {  # as they are set and as they read back (`busy_timeout` first: setting the others can wait)
    "busy_timeout": (10_000, 10_000),
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "foreign_keys": ("ON", 1),
    "secure_delete": ("ON", 1),
    "trusted_schema": ("OFF", 0),
    "temp_store": ("MEMORY", 2),
}

_PATIENCE = 200  # milliseconds

logging.getLogger("aiosqlite").setLevel(logging.WARNING)  # it would tell every piece of work, secrets and all


class InUse(Exception):
    """Another process works with this database file."""


class Stopped(Exception):
    """The database is closed, or closing: nothing was written. Or its writer was killed, and nobody knows."""


class _Line:
    """A connection in a thread of its own, which does whole pieces of work."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._thread: aiosqlite.Connection | None = None
        self._connection: Connection | None = None
        self._failures: list[Exception] = []

    async def open(self) -> None:
        """Begin the thread; raises what SQLite says when the file cannot be opened."""
        thread = await aiosqlite.core.Connection(self._connect, 64)
        for failure in self._failures:
            await thread.close()
            raise failure
        self._thread = thread

    async def do(self, work: Callable[[Connection], T]) -> T:
        """Run this in the thread: after what came before, and to its end, also when nobody waits any more.

        aiosqlite has no public way to run more than one statement; SQLAlchemy goes in by the same door.
        """
        if self._thread is None or self._connection is None:
            raise Stopped("the database is closed")
        execute: Any = self._thread._execute
        answer: T = await execute(work, self._connection)
        return answer

    async def close(self) -> None:
        """End the thread when it has done what it was asked."""
        if self._thread is not None:
            await self.do(Connection.close)
            thread, self._thread = self._thread, None
            await thread.close()

    def _connect(self) -> sqlite3.Connection:
        """In the thread. What goes wrong is kept for `open`: a connector that raises leaves its thread."""
        try:
            self._connection = self.engine.connect()
            raw: Any = self._connection.connection.dbapi_connection
        except Exception as error:  # outermost of this thread; `open` raises it
            self._failures.append(error)
            raw = sqlite3.connect(":memory:")
        kept: sqlite3.Connection = raw
        return kept


class File:
    """The database in one file, for this process alone. `changed` is called after each COMMIT."""

    def __init__(self, path: Path, changed: Callable[[], None]) -> None:
        self.path = path
        self._changed = changed
        self._jobs: deque[Job] = deque()
        self._come = asyncio.Event()
        self.line = _Line(_engine(path, query_only=False))
        self._looking = _engine(path, query_only=True)  # one for all: what it worked out serves them all
        self._open: list[_Line] = []
        self._readers: asyncio.LifoQueue[_Line] = asyncio.LifoQueue()
        self._writer: asyncio.Task[None] | None = None
        self._lock: int | None = None
        self._stopping = False

    async def start(self) -> None:
        """Take the file, and start its writer. Raises InUse."""
        self._lock = _locked(self.path.with_name(self.path.name + ".lock"))
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))  # private from the first byte
        self._stopping = False
        for line in (self.line, *(_Line(self._looking) for _ in range(READERS))):
            await line.open()
            self._open.append(line)
        for reader in self._open[1:]:
            self._readers.put_nowait(reader)
        self._writer = asyncio.create_task(self._write_all(), name="database writer")

    async def stop(self) -> None:
        """Finish what was handed in, then close."""
        self._stopping = True
        self._come.set()
        if self._writer is not None:
            await asyncio.gather(self._writer, return_exceptions=True)
            self._writer = None
        for line in self._open:
            await line.close()
        self._open.clear()
        self._readers = asyncio.LifoQueue()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def refresh(self) -> None:
        """Nothing: SQLite sees by itself that the schema changed."""

    async def look(self, work: Callable[[Connection], T]) -> T:
        """Run this over one unchanging view of the data."""
        if self._writer is None:
            raise Stopped("the database is closed")
        reader = await self._readers.get()
        try:
            return await reader.do(partial(_look, work))
        finally:
            self._readers.put_nowait(reader)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run this among others, and return after their COMMIT."""
        if self._stopping or self._writer is None or self._writer.done():
            raise Stopped("the database is closed")
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.append(Job(work, answer))
        self._come.set()
        return await answer

    async def rewrite(self) -> bool:
        """Write the whole file anew, between two batches, and leave nothing in its log. False when somebody
        still looks at how it was."""
        if self._writer is None:
            raise Stopped("the database is closed")
        return await self.line.do(_rewrite)

    async def _write_all(self) -> None:
        """The one writer: acts come in a row, many in one COMMIT; one that fails takes no other with it."""
        try:
            while self._jobs or not self._stopping:
                if not self._jobs:
                    self._come.clear()
                    await self._come.wait()
                    continue
                batch = Batch(self._jobs)
                try:
                    await self.line.do(batch.do)
                except Exception as error:  # outermost loop: begin or commit failed, so nobody's act was kept
                    batch.fail(error)
                except BaseException:  # cancelled: whoever waits is told
                    batch.fail(Stopped("the database was closed in between"))
                    raise
                finally:
                    batch.answer()
                    self._changed()
        finally:
            left = Batch(self._jobs)
            left.take_all()
            left.fail(Stopped("the database is closed"))
            left.answer()


def _look(work: Callable[[Connection], T], connection: Connection) -> T:
    raw: Any = connection.connection.dbapi_connection
    raw.execute("BEGIN")
    try:
        return work(connection)
    finally:
        raw.execute("ROLLBACK")


def _rewrite(connection: Connection) -> bool:
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA temp_store = FILE")  # the copy is as large as all of it: too much for the memory
    try:
        raw.execute("VACUUM")
    finally:
        raw.execute("PRAGMA temp_store = MEMORY")
    raw.execute(f"PRAGMA busy_timeout = {_PATIENCE}")  # who looks is not waited for, nor are who write
    try:
        busy: int = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        raw.execute(f"PRAGMA busy_timeout = {PRAGMAS['busy_timeout'][0]}")
    return not busy


def _engine(path: Path, query_only: bool) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=NullPool,  # each thread keeps its own
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",  # BEGIN and COMMIT are said here, not by SQLAlchemy or the driver
    )
    event.listen(engine, "connect", lambda raw, _record: _prepare(raw, query_only))
    return engine


def _prepare(raw: Any, query_only: bool) -> None:
    raw.isolation_level = None
    cursor = raw.cursor()
    for name, (value, expected) in {**PRAGMAS, "query_only": (int(query_only), int(query_only))}.items():
        cursor.execute(f"PRAGMA {name} = {value}")
        cursor.execute(f"PRAGMA {name}")
        found = cursor.fetchone()[0]
        if found != expected:
            raise RuntimeError(f"SQLite did not take {name} = {value}: it says {found}")
    cursor.close()


def _locked(path: Path) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise InUse(f"another process works with {path.name.removesuffix('.lock')}") from None
    return handle
