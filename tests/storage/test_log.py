"""The audit chain: whoever changes what happened is found out."""

from datetime import timedelta, timezone

import pytest
from sqlalchemy import Executable, select, update

from node.neighbourhood.activity import Happening
from node.storage import log
from node.storage.database import Database, Transaction
from node.storage.tables import audit
from tests import town


def happen(tx: Transaction, times: int = 5) -> None:
    for number in range(times):
        at = town.NOON + timedelta(microseconds=number * 1500)
        log.record(tx, Happening.POSTED, "bea", f"post-{number}", at, "a reason in words")


@pytest.fixture
async def chained(database: Database) -> Database:
    await database.writing(happen)
    return database


async def broken_by(database: Database, *statements: Executable) -> int | None:
    def change(tx: Transaction) -> None:
        for statement in statements:
            tx.run(statement)

    await database.writing(change)
    return await database.reading(log.broken_at)


async def test_a_whole_chain_holds(chained: Database) -> None:
    assert await chained.reading(log.broken_at) is None
    assert await chained.reading(log.length) == 5


async def test_a_chain_holds_whatever_zone_a_moment_was_said_in(chained: Database) -> None:
    at = town.NOON.astimezone(timezone(timedelta(hours=1)))
    await chained.writing(log.record, Happening.CLOSED, None, "post-1", at)
    assert await chained.reading(log.broken_at) is None


@pytest.mark.parametrize("column", ["what", "who", "subject", "seal"])
async def test_an_edit_is_found(chained: Database, column: str) -> None:
    assert await broken_by(chained, update(audit).where(audit.c.seq == 3).values({column: "other"})) == 3


async def test_another_time_is_found(chained: Database) -> None:
    assert await broken_by(chained, update(audit).where(audit.c.seq == 2).values(at=town.NOON)) == 2


async def test_a_name_taken_out_is_found(chained: Database) -> None:
    assert await broken_by(chained, update(audit).where(audit.c.seq == 2).values(who=None)) == 2


async def test_a_row_left_out_is_found(chained: Database) -> None:
    assert await broken_by(chained, audit.delete().where(audit.c.seq == 2)) == 2


async def test_a_row_left_out_with_the_rest_moved_up_is_found(chained: Database) -> None:
    move = [update(audit).where(audit.c.seq == seq).values(seq=seq - 1) for seq in (3, 4, 5)]
    assert await broken_by(chained, audit.delete().where(audit.c.seq == 2), *move) == 2


async def test_two_rows_that_changed_places_are_found(chained: Database) -> None:
    swap = [update(audit).where(audit.c.seq == seq).values(seq=to) for seq, to in ((2, 99), (3, 2), (99, 3))]
    assert await broken_by(chained, *swap) == 2


async def test_the_chain_holds_ids_and_the_log_the_words(chained: Database) -> None:
    chain = await chained.reading(lambda tx: tx.run(select(audit)).all())
    assert "a reason in words" not in str(chain)
    [entry] = await chained.reading(log.of, "post-0")
    assert entry.why == "a reason in words"
