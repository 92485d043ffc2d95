"""The database of a node: one SQLite file with one writer, or PostgreSQL by a setting.

An act is a plain function that takes the open transaction first. `await database.writing(act, ...)` runs it,
and returns once it is committed; `await database.reading(look, ...)` gives one that cannot write. Because
acts are plain functions, nothing can wait for the network inside a transaction.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, CursorResult, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

from node.neighbourhood.node import Home
from node.storage.file import PRAGMAS, File, InUse, Stopped
from node.storage.prepared import Prepared

if TYPE_CHECKING:
    from node.storage.server import Server

__all__ = ["PRAGMAS", "Database", "InUse", "Prepared", "Stopped", "Transaction"]

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Transaction:
    """An open transaction of this node. Acts hand it on; only storage looks inside."""

    connection: Connection = field(repr=False)
    home: Home

    def run(self, statement: Executable, values: Any = None) -> CursorResult[*tuple[Any, ...]]:
        """Execute one statement, once or (for a list of values) many times."""
        return self.connection.execute(statement, values)

    def row(self, prepared: Prepared, **values: Any) -> dict[str, Any] | None:
        """The first row that a prepared statement finds, by the names of its columns."""
        return prepared.first(self.connection, values)

    def change(self, prepared: Prepared, values: Mapping[str, Any]) -> int:
        """Execute a prepared statement; how many rows it changed."""
        return prepared.run(self.connection, values)

    def insert(self, into: Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT that can say what to do when a unique rule already knows such a row."""
        if self.connection.dialect.name == "sqlite":
            return sqlite.insert(into)
        return postgresql.insert(into)

    def add_new(self, into: Table, **values: Any) -> bool:
        """Insert a row unless a unique rule already knows one like it; says whether it was new."""
        return self.change(_new(into, tuple(values), self.connection.dialect.name), values) == 1


@cache
def _new(into: Table, names: tuple[str, ...], dialect: str) -> Prepared:
    insert = sqlite.insert(into) if dialect == "sqlite" else postgresql.insert(into)
    return Prepared(insert.on_conflict_do_nothing(), names)


class Database:
    """Opened with `start`, closed with `stop`. `url` is `sqlite:///PATH` or `postgresql://…`."""

    def __init__(self, url: str, home: Home) -> None:
        self.home = home
        self.sqlite_path = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None
        driver = "sqlite+aiosqlite:///" if self.sqlite_path else "postgresql+asyncpg://"
        self.driver_url = driver + (str(self.sqlite_path) if self.sqlite_path else url.split("://", 1)[1])
        self._kept = File(self.sqlite_path, self._changed) if self.sqlite_path else self._server()
        self._stopped = False
        self._change = asyncio.Event()

    def _server(self) -> "Server":
        from node.storage.server import Server as Kept  # its libraries are a quarter of a small node's memory

        return Kept(self.driver_url, self._changed)

    async def start(self) -> None:
        """Open it; an SQLite file is taken for this process alone. Raises InUse."""
        await self._kept.start()
        self._stopped = False

    async def stop(self) -> None:
        """Finish what was handed in, then close; what comes meanwhile is refused."""
        self._stopped = True
        await self._kept.stop()

    async def refresh(self) -> None:
        """Forget what the connections know of the schema, after it changed."""
        await self._kept.refresh()

    async def rewrite(self) -> bool:
        """Have nothing left in the bytes of the file of what was deleted from it. It is overwritten at once
        (`secure_delete`), but where a page was divided before, a piece of what stood there stays. False when
        it has to be tried again."""
        return await self._kept.rewrite()

    async def reading(
        self, look: Callable[Concatenate[Transaction, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """Run a function that only looks, over one unchanging view of the data."""

        def work(connection: Connection) -> T:
            return look(Transaction(connection, self.home), *args, **named)

        return await self._kept.look(work)

    async def writing(
        self, act: Callable[Concatenate[Transaction, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """Run an act and return after its COMMIT. What it raises undoes it, alone, and comes out here."""

        def work(connection: Connection) -> T:
            return act(Transaction(connection, self.home), *args, **named)

        if self._stopped:
            raise Stopped("the database is closed")
        return await self._kept.write(work)

    def change(self) -> asyncio.Event:
        """Set at the next COMMIT of this process. Take it, then look what is to be done, then wait for it."""
        return self._change

    def _changed(self) -> None:
        self._change.set()
        self._change = asyncio.Event()
