"""Letters to be written: one row each, made in the transaction of what they tell of. Words and secrets come
at sending."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, select

from node.storage.database import Transaction
from node.storage.tables import letters

FAILED_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Letter:
    """A letter that waits: `what` names its text, `facts` holds ids and names, never the text of a post."""

    id: int
    what: str
    resident_id: str | None
    address: str | None
    facts: dict[str, Any]
    created: datetime
    attempts: int


_SELECT = select(
    *(letters.c[n] for n in ("id", "what", "resident_id", "address", "facts", "created", "attempts"))
)


def add(
    tx: Transaction,
    /,
    what: str,
    at: datetime,
    *,
    resident_id: str | None = None,
    address: str | None = None,
    due: datetime | None = None,
    **facts: Any,
) -> None:
    """Have a letter written to a resident, or to a bare address (sign-in): now, or when it is `due`."""
    values = {"what": what, "resident_id": resident_id, "address": address, "facts": facts}
    tx.run(letters.insert(), {**values, "created": at, "due": due or at, "attempts": 0})


def waits(tx: Transaction, what: str, resident_id: str, facts: dict[str, Any]) -> bool:
    """Whether such a letter is on its way to a resident already."""
    same = and_(letters.c.what == what, letters.c.resident_id == resident_id, letters.c.facts == facts)
    return tx.run(select(letters.c.id).where(same, letters.c.due.is_not(None)).limit(1)).first() is not None


def claim(tx: Transaction, at: datetime, until: datetime, limit: int = 10) -> list[Letter]:
    """Letters whose time has come, who wants to sign in before all others, then the longest waiting first.

    Nobody else gets them before `until`.
    """
    order = (letters.c.what != "signin", letters.c.due, letters.c.id)
    statement = _SELECT.where(letters.c.due <= at).order_by(*order).limit(limit)
    found = [Letter(*row) for row in tx.run(statement.with_for_update(skip_locked=True))]
    taken = letters.c.id.in_([letter.id for letter in found])
    tx.run(letters.update().where(taken).values(due=until))
    return found


def next_due(tx: Transaction) -> datetime | None:
    return tx.run(
        select(letters.c.due).where(letters.c.due.is_not(None)).order_by(letters.c.due).limit(1)
    ).scalar()


def sent(tx: Transaction, letter_id: int) -> None:
    """Gone out: the row goes."""
    tx.run(letters.delete().where(letters.c.id == letter_id))


def failed(tx: Transaction, letter_id: int, error: str, again: datetime | None) -> None:
    """It did not go out; without `again` it is not tried again, and stays for the operator to see."""
    row = letters.update().where(letters.c.id == letter_id)
    tx.run(row.values(attempts=letters.c.attempts + 1, error=error, due=again))


def forget(tx: Transaction, at: datetime) -> None:
    """Drop what never went out and is of no use any more."""
    tx.run(letters.delete().where(letters.c.due.is_(None), letters.c.created < at - FAILED_KEPT))
