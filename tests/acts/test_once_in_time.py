"""What time does is done once, however many workers a node has, and also when one of them dies over it."""

import asyncio
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from node.acts import posts, responses, timers
from node.neighbourhood.post import Audience, Kind, PostDraft
from node.storage import posts as kept
from node.storage import tables
from node.storage.database import Database, Transaction
from node.storage.server import Server
from tests import town

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
POSTS = 12


class Died(Exception):
    """The worker, just before its COMMIT."""


def waiting(tx: Transaction, cast: town.Cast) -> list[str]:
    """Requests that go further and whose end is near, and an event tomorrow."""
    town.neighbour(tx)
    given = {"audience": "neighbourhood", "widen": True, "expires": NOON + 8 * DAY}
    made = [posts.post(tx, cast.poster, town.asks(f"Vraag {n}", **given), NOON).id for n in range(POSTS)]
    event = PostDraft(Kind.EVENT, "Koffie", "", "gezelschap", starts=NOON + 4 * DAY)
    coming = posts.post(tx, cast.booster, event, NOON)
    responses.answer(tx, cast.helper, coming.id, "", NOON)
    tx.run(tables.letters.delete())
    return made


def written(tx: Transaction) -> Counter[str]:
    return Counter(tx.run(select(tables.letters.c.what)).scalars())


def told(tx: Transaction) -> Counter[str]:
    return Counter(tx.run(select(tables.activities.c.type)).scalars())


EXPECTED = Counter({"released": POSTS, "ends soon": POSTS, "board": 1, "tomorrow": 1})


async def all_that_is_due(database: Database, at: datetime, workers: int) -> None:
    """As many workers as wanted, each until it finds nothing more to do."""

    async def work() -> None:
        while await database.writing(timers.tick, at):
            pass

    async with asyncio.timeout(60):
        await asyncio.gather(*(work() for _ in range(workers)))


async def test_many_workers_send_each_letter_once(database: Database, cast: town.Cast) -> None:
    made = await database.writing(waiting, cast)
    before = await database.reading(told)
    for _ in range(2):
        await all_that_is_due(database, NOON + 3 * DAY, workers=6)
        assert await database.reading(written) == EXPECTED
    after = await database.reading(told)
    assert after - before == Counter({"Create": POSTS})
    found = await database.reading(kept.known, set(made))
    assert {post.audience for post in found.values()} == {Audience.ADJACENT}


async def test_a_worker_that_dies_leaves_all_to_the_next(database: Database, cast: town.Cast) -> None:
    await database.writing(waiting, cast)

    def dies(tx: Transaction, at: datetime) -> Any:
        timers.tick(tx, at)
        assert written(tx) == EXPECTED
        raise Died

    for _ in range(2):
        with pytest.raises(Died):
            await database.writing(dies, NOON + 3 * DAY)
    assert await database.reading(written) == Counter()
    await all_that_is_due(database, NOON + 3 * DAY, workers=2)
    assert await database.reading(written) == EXPECTED


async def test_a_post_that_somebody_has_in_hand_is_left_for_the_next_tick(
    database: Database, cast: town.Cast
) -> None:
    """On PostgreSQL; an SQLite file has one writer."""
    if not isinstance(database._kept, Server):
        return
    writers = database._kept._writers
    made = await database.writing(waiting, cast)
    locked, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    async def hold() -> None:
        async with writers.begin() as connection:
            await connection.run_sync(lambda c: kept.get(Transaction(c, database.home), made[0], lock=True))
            locked.set()
            await go_on.wait()

    holding = loop.create_task(hold())
    async with asyncio.timeout(30):
        await locked.wait()
    await all_that_is_due(database, NOON + 3 * DAY, workers=1)
    assert (await database.reading(written))["released"] == POSTS - 1
    go_on.set()
    await holding
    await all_that_is_due(database, NOON + 3 * DAY, workers=1)
    assert await database.reading(written) == EXPECTED
