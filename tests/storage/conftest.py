"""What these tests stand on: a node's database, once as an SQLite file and once on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.storage.database import Database
from tests import town


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest) -> str:
    """Where the database is to be; empty for an SQLite file in `tmp_path`."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgresql"))


@pytest.fixture
async def database(url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """The database of a neighbourhood without people."""
    async with town.opened(tmp_path, url=url) as opened:
        yield opened


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Database]:
    """As `database`, and always an SQLite file."""
    async with town.opened(tmp_path) as opened:
        yield opened


@pytest.fixture
async def cast(database: Database) -> town.Cast:
    """The people of `database`."""
    return await database.writing(town.people)
