"""Letters to be written: one row each, made in the transaction of what they tell of. Words and secrets come
at sending."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import and_, or_, select

from node.neighbourhood.letter import PATIENT, Queue, queue_of
from node.storage import access
from node.storage.database import Prepared, Transaction
from node.storage.tables import letters

FAILED_KEPT = timedelta(days=30)
HOUR = timedelta(hours=1)
_PATIENT = "patient letter"  # a thing that is counted for an hour (`access.note_try`)


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
    times = {"created": at, "due": due or at, "attempts": 0, "queue": queue_of(what)}
    tx.run(letters.insert(), {**values, **times})


def waits(tx: Transaction, what: str, resident_id: str, facts: dict[str, Any]) -> bool:
    """Whether such a letter is on its way to a resident already."""
    same = and_(letters.c.what == what, letters.c.resident_id == resident_id, letters.c.facts == facts)
    return tx.run(select(letters.c.id).where(same, letters.c.due.is_not(None)).limit(1)).first() is not None


def claim(
    tx: Transaction, at: datetime, until: datetime, limit: int = 10, queues: Collection[Queue] = tuple(Queue)
) -> list[Letter]:
    """Letters of these queues whose time has come, one queue after the other, then the longest waiting first.

    Nobody else gets them before `until`.
    """
    order = (letters.c.queue, letters.c.due, letters.c.id)
    waiting = and_(letters.c.queue.in_(queues), letters.c.due <= at)
    statement = _SELECT.where(waiting).order_by(*order).limit(limit)
    found = [Letter(*row) for row in tx.run(statement.with_for_update(skip_locked=True))]
    taken = letters.c.id.in_([letter.id for letter in found])
    tx.run(letters.update().where(taken).values(due=until))
    return found


def next_due(tx: Transaction, queues: Collection[Queue]) -> datetime | None:
    """When the first letter of these queues is to go."""
    found = tx.row(_first_of(tuple(queues)))
    return found["due"] if found else None


@cache
def _first_of(queues: tuple[Queue, ...]) -> Prepared:
    """Asked after every COMMIT, for a letter may have come with it."""
    waiting = and_(or_(*(letters.c.queue == queue for queue in queues)), letters.c.due.is_not(None))
    return Prepared(select(letters.c.due).where(waiting).order_by(letters.c.due).limit(1))


def patient_left(tx: Transaction, at: datetime, an_hour: int) -> int:
    """How many letters that can wait may still go this hour."""
    return max(0, an_hour - access.tries_since(tx, _PATIENT, None, at - HOUR))


def count(tx: Transaction, taken: Collection[Letter], at: datetime) -> None:
    """Count those of them that can wait."""
    for letter in taken:
        if queue_of(letter.what) in PATIENT:
            access.note_try(tx, _PATIENT, "", at)


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
