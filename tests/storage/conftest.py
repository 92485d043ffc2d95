"""What these tests stand on: a node's database, once as an SQLite file and once on PostgreSQL."""

import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from node.storage.database import Database, Transaction
from node.storage.tables import metadata
from tests import town

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgresql)
BOTH = ["sqlite", POSTGRESQL]


@dataclass(frozen=True)
class Stage:
    """Where stories are played."""

    database: Database
    cast: town.Cast


@pytest.fixture(scope="session")
def lasting(_cluster: tuple[Path, Path]) -> Iterator[Callable[[str], str]]:
    """Gives the URL of a PostgreSQL that stays for the whole run, by its name."""
    programs, socket = _cluster
    there = [f"--host={socket}", "--username=postgres"]
    made: dict[str, str] = {}

    def url(name: str) -> str:
        if name not in made:
            made[name] = f"{name}{uuid4().hex[:8]}"
            subprocess.run([programs / "createdb", *there, made[name]], check=True)
        return f"postgresql://postgres@/{made[name]}?host={socket}"

    yield url
    for database in made.values():
        subprocess.run([programs / "dropdb", "--force", *there, database], check=True)


@pytest.fixture(params=BOTH)
def kind(request: pytest.FixtureRequest) -> str:
    """Which sort of database it is to be."""
    return str(request.param)


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest) -> str:
    """Where a new database is to be; empty for an SQLite file in `tmp_path`."""
    return "" if kind == "sqlite" else str(request.getfixturevalue("postgresql"))


@pytest.fixture
async def database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """The database of a neighbourhood without people."""
    url = "" if kind == "sqlite" else request.getfixturevalue("lasting")("fresh")
    async with town.opened(tmp_path, url=url) as opened:
        await opened.writing(_empty)
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


@pytest.fixture(scope="module", params=BOTH)
async def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """A neighbourhood with its people, for many stories one after the other: each is undone at its end."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("lasting")("stage")
    async with town.opened(tmp_path_factory.mktemp("stage"), url=url) as opened:
        await opened.writing(_empty)
        yield Stage(opened, await opened.writing(town.people))


def _empty(tx: Transaction) -> None:
    for table in reversed(metadata.sorted_tables):
        tx.run(table.delete())
