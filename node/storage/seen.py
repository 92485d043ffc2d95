"""What came in from other nodes: each activity takes effect once."""

from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, select

from node.storage.database import Prepared, Transaction
from node.storage.tables import nodes, receipts, seen, voids

KEPT = timedelta(days=90)
RECEIPTS_MOST = 100
RECEIPTS_EVERY = timedelta(minutes=1)
_owed = and_(nodes.c.id == bindparam("node"), nodes.c.receipts_due.is_(None))
_OWE = Prepared(nodes.update().where(_owed).values(receipts_due=bindparam("moment")))


def first_time(tx: Transaction, uri: str, origin: str, at: datetime) -> bool:
    """Note that an activity came; False when it came before."""
    return tx.add_new(seen, uri=uri, origin=origin, at=at)


def forget(tx: Transaction, at: datetime) -> None:
    """Drop what came so long ago that it would not be believed any more (`wire.md` 1.7)."""
    tx.run(seen.delete().where(seen.c.at < at - KEPT))
    tx.run(voids.delete().where(voids.c.at < at - KEPT))


def owe_receipt(tx: Transaction, node_id: str, activity_uri: str, at: datetime) -> None:
    """We took a copy in, or threw it away: its home is told, at most once a minute (`wire.md` 8)."""
    tx.add_new(receipts, node_id=node_id, activity_uri=activity_uri)
    tx.change(_OWE, {"node": node_id, "moment": at})


def receipts_due(tx: Transaction, at: datetime) -> dict[str, list[str]]:
    """What to confirm now: node id -> ids of its activities. They are taken out of the list."""
    waiting = select(receipts.c.node_id).distinct()
    ready = select(nodes.c.id).where(nodes.c.id.in_(waiting), nodes.c.receipts_due <= at)
    found: dict[str, list[str]] = {}
    for node_id in tx.run(ready.with_for_update()).scalars().all():
        statement = select(receipts.c.id, receipts.c.activity_uri).where(receipts.c.node_id == node_id)
        rows = tx.run(statement.order_by(receipts.c.id).limit(RECEIPTS_MOST)).all()
        found[node_id] = [row[1] for row in rows]
        tx.run(receipts.delete().where(and_(receipts.c.node_id == node_id, receipts.c.id <= rows[-1][0])))
        tx.run(nodes.update().where(nodes.c.id == node_id).values(receipts_due=at + RECEIPTS_EVERY))
    return found


def next_receipts(tx: Transaction) -> datetime | None:
    """When the next receipt may go out."""
    waiting = select(receipts.c.node_id).distinct()
    statement = (
        select(nodes.c.receipts_due).where(nodes.c.id.in_(waiting)).order_by(nodes.c.receipts_due).limit(1)
    )
    return tx.run(statement).scalar()
