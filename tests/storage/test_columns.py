"""What goes in comes out the same, on both databases."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from node.neighbourhood.activity import Happening
from node.storage import letters
from node.storage.database import Database, Transaction
from node.storage.tables import log, seen
from tests import town


def note(tx: Transaction, at: datetime) -> datetime | None:
    tx.run(seen.insert(), {"uri": str(at), "origin": "", "at": at})
    return tx.run(select(seen.c.at).where(seen.c.uri == str(at))).scalar()


async def test_a_moment_keeps_its_milliseconds(database: Database) -> None:
    for year in (1, 1969, 1970, 2026, 2038, 2106, 9999):
        at = town.NOON.replace(year=year, microsecond=999_000)
        assert await database.writing(note, at) == at


async def test_a_moment_of_elsewhere_is_the_same_moment(database: Database) -> None:
    summer = town.NOON.astimezone(timezone(timedelta(hours=2)))
    assert await database.writing(note, summer) == town.NOON


async def test_a_moment_without_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"):
        await database.writing(note, town.NOON.replace(tzinfo=None))


async def test_an_unknown_word_is_neither_written_nor_read(database: Database) -> None:
    def write(tx: Transaction, what: str) -> None:
        tx.run(log.insert(), {"at": town.NOON, "what": what, "who": None, "subject": "x", "why": None})

    await database.writing(write, Happening.POSTED.value)
    with pytest.raises(StatementError, match="danced"):
        await database.writing(write, "danced")


async def test_a_document_keeps_every_sign(database: Database) -> None:
    facts: dict[str, Any] = {"post": "é\u2028\U0001f600\"'\\", "list": [1, None, {"a": "b"}]}

    def keep(tx: Transaction) -> object:
        letters.add(tx, "answered", town.NOON, **facts)
        return letters.claim(tx, town.NOON, town.NOON)[0].facts

    assert await database.writing(keep) == facts
