"""A database in a PostgreSQL server: many write at once, each in a transaction of its own."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

T = TypeVar("T")

CONNECTIONS = 4  # of each sort
TRIES = 5  # of an act that stood in another's way
IN_THE_WAY = {"40001", "40P01"}  # it says so: serialization failure, deadlock; the transaction is undone
ONE_VIEW = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Server:
    """The database at this address. `changed` is called after each COMMIT."""

    def __init__(self, url: str, changed: Callable[[], None]) -> None:
        self._readers, self._writers = _engine(url, ONE_VIEW), _engine(url, {})
        self._changed = changed

    async def start(self) -> None:
        """Nothing: it connects when it is asked something."""

    async def stop(self) -> None:
        """Hang up; asked again, it connects again."""
        await self._readers.dispose()
        await self._writers.dispose()

    async def refresh(self) -> None:
        """Forget what the connections know of the schema."""
        await self.stop()

    async def look(self, work: Callable[[Connection], T]) -> T:
        """Run this over one unchanging view of the data."""
        async with self._readers.connect() as connection:
            return await connection.run_sync(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run this and return after its COMMIT. Of two that wait for each other one is undone, and tries
        again."""
        tries = 1
        while True:
            try:
                async with self._writers.begin() as connection:
                    result = await connection.run_sync(work)
            except DBAPIError as error:
                if tries == TRIES or getattr(error.orig, "sqlstate", None) not in IN_THE_WAY:
                    raise
                tries += 1
            else:
                self._changed()
                return result

    async def rewrite(self) -> bool:
        """Nothing: the server itself clears away what was deleted (`autovacuum`)."""
        return True


def _engine(url: str, options: dict[str, Any]) -> AsyncEngine:
    return create_async_engine(url, pool_size=CONNECTIONS, execution_options=options, hide_parameters=True)
