"""When somebody was here last, and which letters told them what happens when they stay away."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from node.storage.database import Transaction
from node.storage.tables import letters, residents, roles

LETTERS = ("idle", "idle last")

_last_seen = func.coalesce(residents.c.seen, residents.c.created)


def seen(tx: Transaction, who: str | ColumnElement[str], at: datetime) -> None:
    """Somebody is here: what they were told of staying away is no longer so."""
    there = residents.update().where(residents.c.id == who)
    tx.run(there.values(seen=at, idle_told=None, idle_told_again=None))


def away(tx: Transaction, resident_id: str, since: datetime) -> bool:
    """Whether somebody was not here since then."""
    theirs = select(residents.c.id).where(residents.c.id == resident_id, _last_seen < since)
    return tx.run(theirs).first() is not None


def to_tell(tx: Transaction, since: datetime, at: datetime, limit: int) -> list[str]:
    """Who was not here since then, and was not told yet what happens."""
    return _of(tx, _last_seen < since, residents.c.idle_told.is_(None), at=at, limit=limit)


def to_tell_again(tx: Transaction, before: datetime, at: datetime, limit: int) -> list[str]:
    """Who was told before then, and not a second time."""
    once = and_(residents.c.idle_told < before, residents.c.idle_told_again.is_(None))
    return _of(tx, once, at=at, limit=limit)


def to_forget(tx: Transaction, before: datetime, at: datetime, limit: int) -> list[str]:
    """Who was told twice, the second time before then. Not while one of these letters did not go out."""
    here = exists().where(letters.c.resident_id == residents.c.id, letters.c.what.in_(LETTERS))
    return _of(tx, residents.c.idle_told_again < before, ~here, at=at, limit=limit)


def told(tx: Transaction, resident_id: str, at: datetime) -> None:
    tx.run(residents.update().where(residents.c.id == resident_id).values(idle_told=at))


def told_again(tx: Transaction, resident_id: str, at: datetime) -> None:
    tx.run(residents.update().where(residents.c.id == resident_id).values(idle_told_again=at))


def _of(tx: Transaction, *where: ColumnElement[Any], at: datetime, limit: int) -> list[str]:
    """Of all whom mail reaches and who hold no role now, those of whom this is so; locked."""
    lasting = or_(roles.c.until.is_(None), roles.c.until > at)
    holds = exists().where(roles.c.resident_id == residents.c.id, lasting)
    statement = select(residents.c.id).where(residents.c.email.is_not(None), ~holds, *where)
    statement = statement.order_by(residents.c.id).limit(limit).with_for_update(skip_locked=True)
    return list(tx.run(statement).scalars())
