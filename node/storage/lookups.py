"""What has to be fetched from another node. A door writes the row; federation's worker answers it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, select

from node.storage.database import Transaction
from node.storage.tables import lookups


@dataclass(frozen=True)
class Lookup:
    """One thing to fetch: `what` is neighbour, hub or fellow (`subject`: an address), or of a node we know
    (`subject`: its id) its actor, adjacent, directory or outbox; or a post that was announced (`subject`: its
    id and who announced it, `asked_by`: the Announce); or a website (`subject`: its id)."""

    id: int
    what: str
    subject: str
    asked_by: str | None
    attempts: int
    error: str | None
    due: datetime | None


_SELECT = select(
    *(lookups.c[name] for name in ("id", "what", "subject", "asked_by", "attempts", "error", "due"))
)


_LONG = case((lookups.c.what == "outbox", 1), (lookups.c.what == "announced", 2), else_=0)
"""What takes long, or comes in great numbers, comes last."""


def ask(tx: Transaction, what: str, subject: str, at: datetime, asked_by: str | None = None) -> None:
    """Want something fetched; asking again while it waits makes it due now."""
    if not tx.add_new(lookups, what=what, subject=subject, asked_by=asked_by, created=at, due=at, attempts=0):
        same = and_(lookups.c.what == what, lookups.c.subject == subject)
        tx.run(lookups.update().where(same).values(due=at, attempts=0, error=None, asked_by=asked_by))


def ask_once(tx: Transaction, what: str, subject: str, asked_by: str, due: datetime, at: datetime) -> None:
    """Want something fetched by then; asking again changes only who asked last."""
    if not tx.add_new(
        lookups, what=what, subject=subject, asked_by=asked_by, created=at, due=due, attempts=0
    ):
        same = and_(lookups.c.what == what, lookups.c.subject == subject)
        tx.run(lookups.update().where(same).values(asked_by=asked_by))


def hurry(tx: Transaction, what: str, subject: str, at: datetime, later_than: datetime) -> None:
    """Want something read again now that is read daily, unless that was done shortly before: then it is not
    due until `later_than`."""
    same = and_(lookups.c.what == what, lookups.c.subject == subject, lookups.c.attempts == 0)
    resting = and_(same, lookups.c.due > at, lookups.c.due <= later_than)
    tx.run(lookups.update().where(resting).values(due=at))


def due(tx: Transaction, at: datetime, limit: int = 20) -> list[Lookup]:
    order = (_LONG, lookups.c.due, lookups.c.id)
    statement = _SELECT.where(lookups.c.due <= at).order_by(*order).limit(limit)
    return [Lookup(*row) for row in tx.run(statement)]


def next_due(tx: Transaction) -> datetime | None:
    return tx.run(
        select(lookups.c.due).where(lookups.c.due.is_not(None)).order_by(lookups.c.due).limit(1)
    ).scalar()


def done(tx: Transaction, lookup: Lookup) -> None:
    """It worked, and is not needed any more."""
    tx.run(lookups.delete().where(_as_asked(lookup)))


def claim(tx: Transaction, lookup: Lookup) -> bool:
    """Hold it while something is made of what came back; False when it is not wanted any more."""
    row = select(lookups.c.id).where(_as_asked(lookup)).with_for_update()
    return tx.run(row).first() is not None


def again(tx: Transaction, lookup: Lookup, due: datetime) -> None:
    """It worked; it is to be read again then."""
    tx.run(lookups.update().where(_as_asked(lookup)).values(due=due, attempts=0, error=None))


def put_off(tx: Transaction, lookup: Lookup, due: datetime) -> None:
    """It was not tried: later, and how often it was tried in vain stays as it is."""
    tx.run(lookups.update().where(_as_asked(lookup)).values(due=due))


def failed(tx: Transaction, lookup: Lookup, error: str | None, again: datetime | None) -> None:
    """It did not work; without `again` it stays to be read by the operator. Without `error` the operator need
    not know."""
    row = lookups.update().where(_as_asked(lookup))
    tx.run(row.values(error=error, attempts=lookups.c.attempts + 1, due=again))


def _as_asked(lookup: Lookup) -> ColumnElement[bool]:
    """This row, if nobody asked again meanwhile: what came back may be older than that question."""
    return and_(lookups.c.id == lookup.id, lookups.c.due == lookup.due)


def about(tx: Transaction, what: str, beginning: str) -> list[Lookup]:
    """What is wanted of one sort whose subject begins so, letter for letter."""
    same = and_(lookups.c.what == what, lookups.c.subject.startswith(beginning, autoescape=True))
    return [Lookup(*row) for row in tx.run(_SELECT.where(same)) if row[2].startswith(beginning)]


def begins(tx: Transaction, what: str, beginning: str) -> bool:
    """Whether something of one sort is wanted whose subject begins so."""
    same = and_(lookups.c.what == what, lookups.c.subject.startswith(beginning, autoescape=True))
    return tx.run(select(lookups.c.id).where(same).limit(1)).first() is not None


def ending(tx: Transaction, what: str, end: str) -> int:
    """How many of one sort are wanted whose subject ends so."""
    same = and_(lookups.c.what == what, lookups.c.subject.endswith(end, autoescape=True))
    return int(tx.run(select(func.count()).select_from(lookups).where(same)).scalar_one())


def by_subject(tx: Transaction, what: str, subject: str) -> Lookup | None:
    row = tx.run(_SELECT.where(lookups.c.what == what, lookups.c.subject == subject)).first()
    return Lookup(*row) if row else None


def by_asker(tx: Transaction, what: str, asked_by: str) -> Lookup | None:
    row = tx.run(_SELECT.where(lookups.c.what == what, lookups.c.asked_by == asked_by)).first()
    return Lookup(*row) if row else None


def open_for(tx: Transaction, what: str) -> list[Lookup]:
    """What waits, or went wrong, of one sort: for the operator's page."""
    return [Lookup(*row) for row in tx.run(_SELECT.where(lookups.c.what == what).order_by(lookups.c.id))]
