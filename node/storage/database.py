"""The database of a node: one SQLite file with one writer, or PostgreSQL by a setting.

An act is a plain function that takes the open transaction first. `await database.writing(act, ...)` runs it
and
returns once it is committed; `await database.reading(look, ...)` gives it a transaction that cannot write.
Because acts are plain functions, nothing can wait for the network inside a transaction.
"""

import asyncio
import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, CursorResult, Executable, NestedTransaction, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from node.neighbourhood.node import Home

P = ParamSpec("P")
T = TypeVar("T")

BATCH_MOST = 256  # acts in one COMMIT
BATCH_SECONDS = 0.02  # how long the first of them may wait for the rest
READERS = 4
TRIES = 5  # of an act on PostgreSQL that stood in another's way
IN_THE_WAY = {"40001", "40P01"}  # it says so: serialization failure, deadlock; the transaction is undone

PRAGMAS = {  # as they are set and as they read back (`busy_timeout` first: setting the others can wait)
    "busy_timeout": (10_000, 10_000),
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "foreign_keys": ("ON", 1),
    "secure_delete": ("ON", 1),
    "trusted_schema": ("OFF", 0),
    "temp_store": ("MEMORY", 2),
}


class InUse(Exception):
    """Another process works with this database file."""


class Stopped(Exception):
    """The database is closed, or closing: nothing was written. Or its writer was killed, and nobody knows."""


@dataclass(frozen=True)
class Transaction:
    """An open transaction of this node. Acts hand it on; only storage looks inside."""

    connection: Connection = field(repr=False)
    home: Home

    def run(self, statement: Executable, values: Any = None) -> CursorResult[*tuple[Any, ...]]:
        """Execute one statement, once or (for a list of values) many times."""
        return self.connection.execute(statement, values)

    def insert(self, into: Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT that can say what to do when a unique rule already knows such a row."""
        if self.connection.dialect.name == "sqlite":
            return sqlite.insert(into)
        return postgresql.insert(into)

    def add_new(self, into: Table, **values: Any) -> bool:
        """Insert a row unless a unique rule already knows one like it; says whether it was new."""
        return self.run(self.insert(into).values(**values).on_conflict_do_nothing()).rowcount == 1


@dataclass
class _Job:
    work: Callable[[Transaction], Any]
    answer: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = None


class Database:
    """Opened with `start`, closed with `stop`. `url` is `sqlite:///PATH` or `postgresql://…`."""

    def __init__(self, url: str, home: Home) -> None:
        self.home = home
        self.sqlite_path = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None
        driver = "sqlite+aiosqlite:///" if self.sqlite_path else "postgresql+asyncpg://"
        self.driver_url = driver + (str(self.sqlite_path) if self.sqlite_path else url.split("://", 1)[1])
        self._readers = self._engine(query_only=True)
        self._writers = self._engine(query_only=False)
        self._jobs: asyncio.Queue[_Job] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None
        self._writing: AsyncConnection | None = None
        self._lock: int | None = None
        self._stopped = False
        self._change = asyncio.Event()

    async def start(self) -> None:
        """Take the file for this process alone, and start its writer. Raises InUse."""
        if self.sqlite_path:
            self._lock = _locked(self.sqlite_path.with_name(self.sqlite_path.name + ".lock"))
            os.close(os.open(self.sqlite_path, os.O_RDWR | os.O_CREAT, 0o600))  # private from the first byte
            self._writing = await self._writers.connect()
            self._writer = asyncio.create_task(self._write_all(self._writing), name="database writer")
        self._stopped = False

    async def stop(self) -> None:
        """Finish what was handed in, then close; what comes meanwhile is refused."""
        self._stopped = True
        if self._writer:
            await self._jobs.join()
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
            self._writer = None
        if self._writing:
            await self._writing.close()
            self._writing = None
        await self._readers.dispose()
        await self._writers.dispose()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def refresh(self) -> None:
        """Forget what the connections know of the schema, after it changed."""
        await self._readers.dispose()

    async def reading(
        self, look: Callable[Concatenate[Transaction, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """Run a function that only looks, over one unchanging view of the data."""
        async with self._readers.connect() as connection:
            return await connection.run_sync(lambda c: look(Transaction(c, self.home), *args, **named))

    async def writing(
        self, act: Callable[Concatenate[Transaction, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """Run an act and return after its COMMIT. What it raises undoes it, alone, and comes out here."""

        def work(tx: Transaction) -> T:
            return act(tx, *args, **named)

        if self._stopped:
            raise Stopped("the database is closed")
        if not self.sqlite_path:
            result = await self._write_now(work)
            self._changed()
            return result
        if self._writer is None or self._writer.done():
            raise Stopped("the database is closed")
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put_nowait(_Job(work, answer))
        return await answer

    def _engine(self, query_only: bool) -> AsyncEngine:
        if not self.sqlite_path:
            one_view = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            options = one_view if query_only else {}
            return create_async_engine(
                self.driver_url, pool_size=READERS, execution_options=options, hide_parameters=True
            )
        engine = create_async_engine(
            self.driver_url, pool_size=READERS if query_only else 1, max_overflow=0, hide_parameters=True
        )
        begin = "BEGIN" if query_only else "BEGIN IMMEDIATE"
        event.listen(engine.sync_engine, "connect", lambda raw, _record: _prepare(raw, query_only))
        event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        return engine

    def change(self) -> asyncio.Event:
        """Set at the next COMMIT of this process. Take it, then look what is to be done, then wait for it."""
        return self._change

    def _changed(self) -> None:
        self._change.set()
        self._change = asyncio.Event()

    async def _write_now(self, work: Callable[[Transaction], T]) -> T:
        """On PostgreSQL many write at once. Of two that wait for each other it undoes one, which tries
        again."""
        for _ in range(TRIES - 1):
            try:
                async with self._writers.begin() as connection:
                    return await connection.run_sync(lambda c: work(Transaction(c, self.home)))
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in IN_THE_WAY:
                    raise
        async with self._writers.begin() as connection:
            return await connection.run_sync(lambda c: work(Transaction(c, self.home)))

    async def _write_all(self, connection: AsyncConnection) -> None:
        """The one writer: acts come in a row, each in a savepoint of its own, many in one COMMIT."""
        try:
            while True:
                first = await self._jobs.get()
                jobs = [first]
                try:
                    async with connection.begin():
                        await self._fill(connection, jobs)
                except Exception as error:  # outermost loop: begin or commit failed, so nobody's act was kept
                    _fail(jobs, error)
                    await connection.invalidate()  # a COMMIT that failed may have left its transaction open
                except BaseException:
                    _fail(jobs, Stopped("the database was closed in between"))
                    raise
                finally:
                    self._answer(jobs)
                    self._changed()
        finally:
            self._refuse_waiting()

    async def _fill(self, connection: AsyncConnection, jobs: list[_Job]) -> None:
        end = monotonic() + BATCH_SECONDS
        job = jobs[0]
        while True:
            if not job.answer.done():
                await connection.run_sync(self._one, job)
            if self._jobs.empty() or len(jobs) >= BATCH_MOST or monotonic() >= end:
                return
            job = self._jobs.get_nowait()
            jobs.append(job)

    def _one(self, connection: Connection, job: _Job) -> None:
        savepoint = connection.begin_nested()
        try:
            job.result = job.work(Transaction(connection, self.home))
        except Exception as error:  # outermost loop: an act's error belongs to whoever called it
            job.error = error
            _undo(savepoint, error)
        else:
            savepoint.commit()

    def _refuse_waiting(self) -> None:
        while not self._jobs.empty():
            job = self._jobs.get_nowait()
            _fail([job], Stopped("the database is closed"))
            self._answer([job])

    def _answer(self, jobs: list[_Job]) -> None:
        for job in jobs:
            self._jobs.task_done()
            if job.answer.done():
                continue
            if job.error is not None:
                job.answer.set_exception(job.error)
            else:
                job.answer.set_result(job.result)


def _undo(savepoint: NestedTransaction, error: Exception) -> None:
    """Undo one act. On a full disk SQLite undoes the whole transaction: then it is the error of all in it."""
    try:
        savepoint.rollback()
    except DBAPIError:
        raise error from None


def _fail(jobs: list[_Job], error: Exception) -> None:
    for job in jobs:
        job.error = job.error or error


def _prepare(raw: Any, query_only: bool) -> None:
    raw.isolation_level = None  # SQLAlchemy says BEGIN, not the driver
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
