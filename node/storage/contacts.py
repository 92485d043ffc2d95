"""Contact details: what somebody told us of themselves, and to whom they let it be shown."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_, select

from node.neighbourhood.activity import Happening
from node.neighbourhood.contact import Contact, Release
from node.neighbourhood.thread import Side, Thread
from node.storage import log
from node.storage.database import Transaction
from node.storage.tables import releases, residents


def of(tx: Transaction, resident_id: str) -> Contact:
    """All that is known of a resident of ours: for themselves, and for whom they released it to."""
    columns = (residents.c.name, residents.c.phone, residents.c.email, residents.c.address)
    row = tx.run(select(*columns).where(residents.c.id == resident_id)).one()
    return Contact(*row)


def keep(tx: Transaction, resident_id: str, phone: str | None, address: str | None) -> None:
    """Keep somebody's number and address; None forgets it."""
    tx.run(residents.update().where(residents.c.id == resident_id).values(phone=phone, address=address))


def release(tx: Transaction, made: Release) -> None:
    """Keep who lets the other see what, instead of what was said before."""
    row = tx.insert(releases).values(**vars(made) | {"fields": list(made.fields)})
    new = {name: row.excluded[name] for name in ("fields", "released", "ended")}
    tx.run(row.on_conflict_do_update(index_elements=["response_id", "side"], set_=new))


def released(tx: Transaction, response_id: str, side: Side) -> Release | None:
    """What one of the two lets the other see now."""
    running = and_(releases.c.response_id == response_id, releases.c.side == side, releases.c.ended.is_(None))
    row = tx.run(select(releases).where(running)).mappings().first()
    return replace(Release(**row), fields=tuple(row["fields"])) if row else None


def looks(tx: Transaction, thread: Thread) -> list[datetime]:
    """When the other looked at what this side of the thread released, the last first."""
    found = log.of(tx, thread.response.id)
    theirs = {thread.other, thread.node_id} - {None}
    return [one.at for one in reversed(found) if one.what is Happening.CONTACT_SEEN and one.who in theirs]


def end(tx: Transaction, response_id: str, side: Side, at: datetime) -> bool:
    """Take it back; False when nothing was released."""
    running = and_(releases.c.response_id == response_id, releases.c.side == side, releases.c.ended.is_(None))
    return tx.run(releases.update().where(running).values(ended=at)).rowcount == 1
