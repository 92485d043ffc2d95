"""What does not get through, for the operator: hosts that do not answer, and messages laid aside."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from node.storage.database import Transaction
from node.storage.tables import activities, deliveries, destinations, nodes

PARKED, GIVEN_UP = "parked", "given_up"


@dataclass(frozen=True)
class Failing:
    """A host that does not answer. `oldest`: since when its first message waits; `heard`: of its node."""

    origin: str
    tries: int
    error: str | None
    again: datetime | None
    waiting: int
    oldest: datetime | None
    node_id: str | None
    name: str | None
    heard: datetime | None


@dataclass(frozen=True)
class Laid:
    """One message that is not sent any more. `parked`: it was refused too often; else its time was over."""

    id: int
    type: str
    origin: str
    name: str | None
    created: datetime
    tries: int
    error: str | None


def failing(tx: Transaction) -> list[Failing]:
    """The hosts that do not answer, whoever waits longest first."""
    waits = and_(deliveries.c.origin == destinations.c.origin, deliveries.c.state == "pending")
    of_host = destinations.outerjoin(nodes, nodes.c.origin == destinations.c.origin).outerjoin(
        deliveries, waits
    )
    host = [destinations.c[name] for name in ("origin", "attempts", "error", "due")]
    node = [nodes.c[name] for name in ("id", "name", "last_seen")]
    statement = (
        select(*host, func.count(deliveries.c.id), func.min(deliveries.c.created), *node)
        .select_from(of_host)
        .where(destinations.c.attempts > 0)
        .group_by(*host, *node)
        .order_by(func.min(deliveries.c.created), destinations.c.origin)
    )
    return [Failing(*row) for row in tx.run(statement)]


def laid_aside(tx: Transaction, state: str, start: int, limit: int) -> list[Laid]:
    """A piece of the messages that are parked, or given up; the newest first."""
    joined = deliveries.join(activities, deliveries.c.activity_id == activities.c.id)
    joined = joined.outerjoin(nodes, nodes.c.origin == deliveries.c.origin)
    message = [deliveries.c[name] for name in ("created", "attempts", "error")]
    columns = [deliveries.c.id, activities.c.type, deliveries.c.origin, nodes.c.name, *message]
    statement = select(*columns).select_from(joined).where(deliveries.c.state == state)
    rows = tx.run(statement.order_by(deliveries.c.id.desc()).offset(start).limit(limit))
    return [Laid(*row) for row in rows]


def count(tx: Transaction, state: str) -> int:
    """How many messages stand so: pending, parked or given_up."""
    same = select(func.count()).select_from(deliveries).where(deliveries.c.state == state)
    return int(tx.run(same).scalar_one())


def due_now(tx: Transaction, origin: str, at: datetime) -> bool:
    """Try a host at once; how long to wait after that stays as it was. False when nothing waits for it."""
    row = and_(destinations.c.origin == origin, destinations.c.due.is_not(None))
    return tx.run(destinations.update().where(row).values(due=at)).rowcount > 0


def send_parked(tx: Transaction, delivery_id: int, at: datetime) -> bool:
    """Put a message that was parked back in the queue, as the same bytes. False when it is not there."""
    parked = and_(deliveries.c.id == delivery_id, deliveries.c.state == PARKED)
    origin = tx.run(select(deliveries.c.origin).where(parked)).scalar()
    if origin is None:
        return False
    tx.run(deliveries.update().where(parked).values(state="pending", attempts=0, error=None, created=at))
    tx.run(destinations.update().where(destinations.c.origin == origin).values(due=at))
    return True
