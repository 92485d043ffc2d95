"""Somebody comes back in person: what the first of two said, what the second did, and until when it waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from node.storage.access import hashed
from node.storage.database import Transaction
from node.storage.tables import recoveries, residents, sessions

LASTS = timedelta(days=14)
KEPT = timedelta(days=30)  # after it was done, stopped, or waited too long
_COLUMNS = ("id", "resident_id", "email", "opened", "opened_by", "second", "second_by", "second_at")


@dataclass(frozen=True)
class Recovery:
    """A way back that runs. `email`: where sign-in mails go afterwards, or as it was; `second`: what the
    second of two was, when there is one."""

    id: str
    resident_id: str
    email: str | None
    opened: datetime
    opened_by: str
    second: str | None
    second_by: str | None
    second_at: datetime | None


def add(
    tx: Transaction, id: str, resident_id: str, code: str, email: str | None, by: str, at: datetime
) -> None:
    """Begin one, and let every device of this person say so."""
    values = {"id": id, "resident_id": resident_id, "code_hash": hashed(code), "email": email}
    tx.run(recoveries.insert(), {**values, "opened": at, "opened_by": by})
    _notice(tx, resident_id, True)


def running(tx: Transaction, resident_id: str, at: datetime) -> Recovery | None:
    """The one that runs for somebody."""
    return _one(tx, recoveries.c.resident_id == resident_id, at)


def by_code(tx: Transaction, code: str, at: datetime) -> Recovery | None:
    return _one(tx, recoveries.c.code_hash == hashed(code), at)


def second(tx: Transaction, id: str, what: str, by: str | None, at: datetime) -> bool:
    """The second of two; False when there was one already."""
    row = and_(recoveries.c.id == id, recoveries.c.second.is_(None), recoveries.c.ended.is_(None))
    values = {"second": what, "second_by": by, "second_at": at}
    return tx.run(recoveries.update().where(row).values(values)).rowcount == 1


def end(tx: Transaction, found: Recovery, at: datetime) -> bool:
    """Stopped, or done; False when it was already."""
    row = and_(recoveries.c.id == found.id, recoveries.c.ended.is_(None))
    _notice(tx, found.resident_id, False)
    return tx.run(recoveries.update().where(row).values(ended=at)).rowcount == 1


def forget(tx: Transaction, at: datetime) -> None:
    """Of a way back that is over nothing stays but what the log says: not the mail address either."""
    over = or_(recoveries.c.ended < at - KEPT, recoveries.c.opened < at - LASTS - KEPT)
    tx.run(recoveries.delete().where(over))


def set_email(tx: Transaction, resident_id: str, email: str) -> bool:
    """Where mail goes from now on; False when it is somebody else's."""
    if tx.run(
        select(residents.c.id).where(residents.c.email == email, residents.c.id != resident_id)
    ).first():
        return False
    tx.run(residents.update().where(residents.c.id == resident_id).values(email=email))
    return True


def _notice(tx: Transaction, resident_id: str, on: bool) -> None:
    tx.run(sessions.update().where(sessions.c.resident_id == resident_id).values(notice=on))


def _one(tx: Transaction, which: ColumnElement[bool], at: datetime) -> Recovery | None:
    open_ones = and_(recoveries.c.ended.is_(None), recoveries.c.opened > at - LASTS)
    row = tx.run(_SELECT.where(which, open_ones)).first()
    return Recovery(*row) if row else None


_SELECT = select(*(recoveries.c[name] for name in _COLUMNS))
