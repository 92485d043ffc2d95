"""`python -m node.storage.migrations`: bring a database to the newest schema, in a process of its own.

Its URL is read from the standard input. Alembic stays out of the server's memory this way.
"""

import asyncio
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import create_async_engine


def _upgrade(connection: Connection, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, to)


async def upgrade(url: str, to: str = "head") -> None:
    """Run every step that this database has not had, up to one of them or to the last."""
    engine = create_async_engine(url)
    if url.startswith("sqlite"):
        event.listen(
            engine.sync_engine, "connect", lambda raw, _record: setattr(raw, "isolation_level", None)
        )
        event.listen(
            engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE")
        )
    async with engine.connect() as connection:
        await connection.run_sync(_upgrade, to)
        await connection.commit()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(upgrade(sys.stdin.read().strip()))
