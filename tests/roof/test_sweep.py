"""What somebody erased leaves the bytes of the file, and its log; nobody's work is lost over it."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from node.acts import erasing, posts
from node.serving import app
from node.storage import erasures, residents, trigrams
from node.storage.database import Database, Transaction
from tests import town
from tests.acts.leaver import CANARY, lived

NOON, HOUR = town.NOON, town.HOUR


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with town.opened(tmp_path) as opened:
        yield opened


def parts(database: Database) -> dict[str, int]:
    """How often a canary stands in each file of the database."""
    path = database.sqlite_path
    assert path is not None
    there = {part.name: part.read_bytes() for part in path.parent.glob(f"{path.name}*")}
    return {name: held.lower().count(CANARY.encode()) for name, held in there.items()}


def a_life(tx: Transaction) -> town.Cast:
    """Many posts of others around those of one, put up and changed: pages are divided, and divided again."""
    cast, chance = town.people(tx), random.Random(7)
    lived(tx, cast)
    for number in range(400):
        who = cast.poster if chance.random() < 0.1 else cast.other
        said = f"{CANARY} {number} " if who is cast.poster else f"bericht {number} "
        posts.post(tx, who, town.asks(f"Vraag {number}", text=said * chance.randint(1, 40)), NOON)
    return cast


async def test_v13_nothing_of_who_went_stays_in_the_bytes_of_the_file(database: Database) -> None:
    cast = await database.writing(a_life)
    while await database.writing(trigrams.learn):
        pass
    assert parts(database)["centrum.db-wal"] > 0
    person = await database.reading(residents.get, cast.poster.id, NOON)
    await database.writing(erasing.erase, person, datetime.now(UTC))
    assert await database.reading(erasures.to_sweep)
    await app.sweep(database)
    assert set(parts(database).values()) == {0}
    assert not await database.reading(erasures.to_sweep)
    assert await database.reading(lambda tx: tx.run(text("PRAGMA integrity_check")).scalar()) == "ok"


async def test_v13_while_somebody_looks_at_how_it_was_it_is_tried_again(database: Database) -> None:
    cast = await database.writing(a_life)
    person = await database.reading(residents.get, cast.poster.id, NOON)
    looking, seen = asyncio.Event(), asyncio.get_running_loop()

    def look(tx: Transaction) -> None:
        tx.run(text("SELECT count(*) FROM posts")).scalar()
        seen.call_soon_threadsafe(looking.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), seen).result()

    go_on = asyncio.Event()
    reader = asyncio.create_task(database.reading(look))
    await looking.wait()
    await database.writing(erasing.erase, person, datetime.now(UTC))
    sweeping = asyncio.create_task(app.sweep(database))
    await asyncio.wait([sweeping], timeout=60)
    assert await database.reading(erasures.to_sweep)
    go_on.set()
    await reader
    await app.sweep(database)
    assert set(parts(database).values()) == {0}


async def test_what_is_written_meanwhile_is_kept(database: Database) -> None:
    cast = await database.writing(a_life)
    person = await database.reading(residents.get, cast.poster.id, NOON)
    await database.writing(erasing.erase, person, datetime.now(UTC))
    writes = [database.writing(posts.post, cast.other, town.asks(f"Nu {one}"), NOON) for one in range(50)]
    await asyncio.gather(app.sweep(database), *writes)
    count = text("SELECT count(*) FROM posts WHERE title LIKE 'Nu %'")
    assert await database.reading(lambda tx: tx.run(count).scalar()) == 50
