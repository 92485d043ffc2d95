"""What a hub passes on: its members' messages, byte for byte, in the same queue as our own."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, select

from node.storage import outbox
from node.storage.database import Transaction
from node.storage.nodes import MEMBER
from node.storage.outbox import Activity
from node.storage.tables import activities, deliveries, nodes


def pass_on(
    tx: Transaction, node_id: str, uri: str, type: str, object: str, body: bytes, at: datetime
) -> None:
    """Queue a member's message, byte for byte, for all members but its author: once (`wire.md` 5). What was
    deleted and still waits is not passed on: its words go."""
    activity = Activity(uuid4().hex, uri, type, object, None, None, body, at, node_id)
    if not tx.add_new(activities, **vars(activity)):
        return
    if type == "Delete":
        _drop_passed_on(tx, activities.c.object == object)
        words = and_(activities.c.object == object, activities.c.node_id == node_id)
        tx.run(activities.update().where(words, activities.c.type != "Delete").values(body=None))
    outbox.send(tx, activity, and_(MEMBER, nodes.c.id != node_id))


def drop_passed_on(tx: Transaction, origin: str) -> None:
    """Nothing that members said to all is passed on to this one any more, but for what they took back."""
    _drop_passed_on(tx, deliveries.c.origin == origin)


def _drop_passed_on(tx: Transaction, which: ColumnElement[bool]) -> None:
    relayed = and_(activities.c.id == deliveries.c.activity_id, activities.c.node_id.is_not(None))
    waits = and_(deliveries.c.state == "pending", activities.c.type != "Delete")
    dropped = select(deliveries.c.id).select_from(deliveries.join(activities, relayed)).where(waits, which)
    row = deliveries.c.id.in_(dropped.scalar_subquery())
    tx.run(deliveries.update().where(row).values(state="dropped", error="no longer for this node"))
