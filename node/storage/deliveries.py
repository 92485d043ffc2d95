"""The queue of deliveries: claimed by whole destinations, so that each gets its messages in order and none
blocks another."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, or_, select

from node.storage.database import Transaction
from node.storage.prepared import Prepared
from node.storage.tables import activities, deliveries, destinations, nodes

LEASE = timedelta(seconds=60)

# Asked for each message that goes out: built once.
_FENCE = Prepared(
    select(destinations.c.fence).where(destinations.c.origin == bindparam("to")).with_for_update()
)
_STATE = Prepared(select(deliveries.c.state).where(deliveries.c.id == bindparam("delivery")))
_SETTLE = Prepared(
    deliveries.update()
    .where(deliveries.c.id == bindparam("delivery"), deliveries.c.state == "pending")
    .values(state=bindparam("became"), error=bindparam("why"), attempts=deliveries.c.attempts + 1)
)
_PAUSED = select(nodes.c.origin).where(nodes.c.paused == True)
_GOES = and_(destinations.c.due.is_not(None), destinations.c.origin.not_in(_PAUSED))


@dataclass(frozen=True)
class Claim:
    """A destination that this worker alone delivers to, until the lease ends. `fence` tells an old lease
    from a new."""

    origin: str
    fence: int
    attempts: int


@dataclass(frozen=True)
class Delivery:
    """One message for one destination. `passed_on`: a member's, that we only carry as its hub."""

    id: int
    activity_id: str
    inbox: str
    type: str
    created: datetime
    attempts: int
    post_uri: str | None
    passed_on: bool


def claim(tx: Transaction, at: datetime, limit: int) -> list[Claim]:
    """Take destinations that have something due and that nobody works on."""
    free = or_(destinations.c.lease.is_(None), destinations.c.lease <= at)
    statement = (
        select(destinations)
        .where(destinations.c.due <= at, free, _GOES)
        .order_by(destinations.c.due)
        .limit(limit)
    )
    found = []
    for row in tx.run(statement.with_for_update(skip_locked=True)).mappings().all():
        fence = row["fence"] + 1
        mine = destinations.update().where(destinations.c.origin == row["origin"])
        tx.run(mine.values(lease=at + LEASE, fence=fence))
        found.append(Claim(row["origin"], fence, row["attempts"]))
    return found


def free_all(tx: Transaction) -> None:
    """Give back every destination that a process which ended still had; only where none other can work."""
    tx.run(destinations.update().where(destinations.c.lease.is_not(None)).values(lease=None))


def next_due(tx: Transaction) -> datetime | None:
    """When the next destination wants work, leases counted in."""
    rows = tx.run(select(destinations.c.due, destinations.c.lease).where(_GOES))
    return min((max(due, lease) if lease else due for due, lease in rows), default=None)


_HEAD = (
    select(
        *(deliveries.c[name] for name in ("id", "activity_id", "inbox")),
        activities.c.type,
        *(deliveries.c[name] for name in ("created", "attempts")),
        activities.c.post_uri,
        activities.c.node_id.is_not(None),
    )
    .select_from(deliveries.join(activities, deliveries.c.activity_id == activities.c.id))
    .where(deliveries.c.origin == bindparam("to"), deliveries.c.state == "pending")
    .where(or_(deliveries.c.due.is_(None), deliveries.c.due <= bindparam("now", type_=deliveries.c.due.type)))
    .order_by(deliveries.c.id)
)


def head(tx: Transaction, origin: str, at: datetime, limit: int = 20) -> list[Delivery]:
    """The next messages for a destination, oldest first; without those set aside until later."""
    return [Delivery(*row) for row in tx.run(_HEAD.limit(limit), {"to": origin, "now": at})]


def still_mine(tx: Transaction, taken: Claim) -> bool:
    """Whether the lease is still ours; locks the destination."""
    row = tx.row(_FENCE, to=taken.origin)
    return row is not None and row["fence"] == taken.fence


def still_waits(tx: Transaction, message: Delivery) -> bool:
    """Whether it is still to be sent: it may have been taken out of the queue since it was looked up."""
    row = tx.row(_STATE, delivery=message.id)
    return row is not None and row["state"] == "pending"


def settle(tx: Transaction, delivery_id: int, state: str, error: str | None = None) -> None:
    """A message is `done`, `given_up`, or `parked` for the operator to look at."""
    tx.change(_SETTLE, {"delivery": delivery_id, "became": state, "why": error})


def failed(tx: Transaction, delivery_id: int, error: str) -> None:
    """A try did not work; the message stays first in its row."""
    row = deliveries.c.id == delivery_id
    tx.run(deliveries.update().where(row).values(error=error, attempts=deliveries.c.attempts + 1))


def set_aside(tx: Transaction, delivery_id: int, error: str, until: datetime) -> None:
    """A try did not work for a reason of this message's own: it waits, and the others go on."""
    row = deliveries.c.id == delivery_id
    values = {"error": error, "due": until, "attempts": deliveries.c.attempts + 1}
    tx.run(deliveries.update().where(row).values(**values))


def release(tx: Transaction, taken: Claim, due: datetime | None, attempts: int, error: str | None) -> None:
    """Give a destination back, to be tried again at `due`; None when nothing waits."""
    if not still_mine(tx, taken):
        return
    waiting = and_(deliveries.c.origin == taken.origin, deliveries.c.state == "pending")
    first = func.min(func.coalesce(deliveries.c.due, deliveries.c.created))
    more = tx.run(select(first).where(waiting)).scalar()
    values = {"due": due or more, "attempts": attempts, "lease": None, "error": error}
    if more is None:
        values["due"] = None
    tx.run(destinations.update().where(destinations.c.origin == taken.origin).values(**values))


def revive(tx: Transaction, origin: str, at: datetime) -> bool:
    """The host was heard of, so it lives: what waits for it in backoff is due now."""
    sleeping = and_(destinations.c.origin == origin, destinations.c.due > at, destinations.c.attempts > 0)
    return tx.run(destinations.update().where(sleeping).values(due=at, attempts=0)).rowcount > 0


def failing(tx: Transaction) -> list[tuple[str, int, str | None, datetime | None]]:
    """Destinations that do not answer, for the operator: (origin, tries, error, next try)."""
    columns = [destinations.c[name] for name in ("origin", "attempts", "error", "due")]
    statement = select(*columns).where(destinations.c.attempts > 0).order_by(destinations.c.origin)
    return [(row[0], row[1], row[2], row[3]) for row in tx.run(statement)]


def waiting(tx: Transaction) -> int:
    """How many messages still have to go out, to everybody together."""
    pending = select(func.count()).select_from(deliveries).where(deliveries.c.state == "pending")
    return int(tx.run(pending).scalar_one())
