"""Acts that share one COMMIT: one that fails takes no other with it."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from sqlalchemy import Connection

MOST = 256  # acts in one COMMIT
SECONDS = 0.02  # how long the first of them may wait for the rest


@dataclass
class Job:
    """An act that waits for its turn, and where its answer goes."""

    work: Callable[[Connection], Any]
    answer: "asyncio.Future[Any]"
    result: Any = field(default=None, repr=False)
    error: BaseException | None = None

    def run(self, connection: Connection) -> bool:
        """Whether it went well; if not, the transaction holds half of it."""
        try:
            self.result = self.work(connection)
        except Exception as error:  # outermost loop: an act's error belongs to whoever called it
            self.error = error
        return self.error is None


class Batch:
    """What waits, and what comes while that is done.

    Nearly always all of it goes well. When one fails the others are undone with it, and done again: from
    there on each in a savepoint, which is a fifth of what a message costs here.
    """

    def __init__(self, waiting: deque[Job]) -> None:
        self._waiting = waiting
        self._jobs: list[Job] = []

    def do(self, connection: Connection) -> None:
        """In the writer's thread: all of it, up to the COMMIT. What it raises is everybody's error."""
        end, in_savepoints = monotonic() + SECONDS, False
        raw: Any = connection.connection.dbapi_connection
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            while self._waiting and len(self._jobs) < MOST and (not self._jobs or monotonic() < end):
                job = self._waiting.popleft()
                if job.answer.done():  # whoever asked for it went away before it began
                    continue
                self._jobs.append(job)
                if in_savepoints:
                    _run_apart(job, connection, raw)
                elif not job.run(connection):
                    in_savepoints = True
                    self._do_again(connection, raw)
            connection.exec_driver_sql("COMMIT")
        except BaseException:  # whatever it was, nothing of it stays open
            _rollback(raw)
            raise

    def _do_again(self, connection: Connection, raw: Any) -> None:
        """From the beginning, without the one that failed: all that it saw, also what nobody waits for any
        more."""
        _rollback(raw)
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        for job in self._jobs:
            if job.error is None:
                _run_apart(job, connection, raw)

    def take_all(self) -> None:
        """Nothing will be done any more."""
        self._jobs.extend(self._waiting)
        self._waiting.clear()

    def fail(self, error: Exception) -> None:
        """Nothing of it was kept."""
        for job in self._jobs:
            job.error = job.error or error

    def answer(self) -> None:
        """In the loop's thread: tell whoever waits what became of it."""
        for job in self._jobs:
            if job.answer.done():
                continue
            if job.error is not None:
                job.answer.set_exception(job.error)
            else:
                job.answer.set_result(job.result)


def _run_apart(job: Job, connection: Connection, raw: Any) -> None:
    """In a savepoint of its own. (SQLAlchemy's cost as much as an INSERT.)"""
    raw.execute("SAVEPOINT act")
    if job.run(connection):
        raw.execute("RELEASE act")
    elif job.error is not None:
        _undo(raw, job.error)


def _undo(raw: Any, error: BaseException) -> None:
    """Undo one act. On a full disk SQLite undoes the whole transaction: then it is the error of all in it."""
    try:
        raw.execute("ROLLBACK TO act")
        raw.execute("RELEASE act")
    except sqlite3.Error:
        raise error from None


def _rollback(raw: Any) -> None:
    if raw.in_transaction:  # what fails may have undone it all; a COMMIT that failed leaves it open
        raw.execute("ROLLBACK")
