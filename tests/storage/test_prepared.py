"""Prepared statements find and change what the same statements do by SQLAlchemy, on both databases."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError, StatementError

from node.neighbourhood.block import Severity, Source
from node.storage.database import Database, Prepared, Transaction
from node.storage.tables import blocks

ROW = {
    "subject": "spam.example",
    "severity": Severity.HOLD,
    "why": "Reclame",
    "source": Source.OWN,
    "created": datetime(2026, 3, 1, 12, 30, 15, 250_000, tzinfo=UTC),
    "by": None,
}
ADD = Prepared(blocks.insert(), tuple(ROW))
OF = select(blocks).where(blocks.c.subject == bindparam("subject"))
FIND = Prepared(OF)


def _add(tx: Transaction) -> int:
    return tx.change(ADD, ROW)


async def test_what_is_written_is_read_as_sqlalchemy_reads_it(database: Database) -> None:
    def both(tx: Transaction) -> tuple[Any, Any]:
        assert _add(tx) == 1
        plain = tx.run(OF, {"subject": "spam.example"}).mappings().one()
        return dict(plain), tx.row(FIND, subject="spam.example")

    plain, prepared = await database.writing(both)
    assert prepared == plain == ROW
    assert prepared["severity"] is Severity.HOLD


async def test_what_is_not_there_is_none(database: Database) -> None:
    assert await database.reading(lambda tx: tx.row(FIND, subject="nobody.example")) is None


async def test_it_says_how_many_rows_it_changed(database: Database) -> None:
    of = blocks.update().where(blocks.c.subject == bindparam("one"))
    change = Prepared(of.values(severity=bindparam("how")))

    def work(tx: Transaction) -> tuple[int, int, Any]:
        _add(tx)
        there = tx.change(change, {"one": "spam.example", "how": Severity.BLOCK})
        nowhere = tx.change(change, {"one": "nobody.example", "how": Severity.BLOCK})
        found = tx.row(FIND, subject="spam.example")
        return there, nowhere, found and found["severity"]

    assert await database.writing(work) == (1, 0, Severity.BLOCK)


async def test_a_row_that_is_there_already_is_refused_as_by_sqlalchemy(database: Database) -> None:
    await database.writing(_add)
    with pytest.raises(IntegrityError):
        await database.writing(_add)


async def test_a_value_that_is_forgotten_is_an_error_and_not_nothing(database: Database) -> None:
    with pytest.raises((KeyError, StatementError)):
        await database.reading(lambda tx: tx.row(FIND))


async def test_words_that_depend_on_the_values_are_refused_on_sqlite(database: Database) -> None:
    if database.sqlite_path is None:
        pytest.skip("on PostgreSQL it runs as all others")
    several = Prepared(select(blocks).where(blocks.c.subject.in_(bindparam("those", expanding=True))))
    with pytest.raises(TypeError):
        await database.reading(lambda tx: tx.row(several, those=["a", "b"]))
