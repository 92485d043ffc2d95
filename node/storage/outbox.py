"""What we send to other nodes: activities, whom they go to, and where the copies of our posts are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import and_, bindparam, case, func, literal, not_, or_, select, true

from node.neighbourhood.post import Audience, State
from node.storage.database import Transaction
from node.storage.nodes import MEMBER, ONLY_FOLLOWS, PARTNER, may_hold, sent_directly
from node.storage.tables import activities, copies, deliveries, destinations, nodes, posts

REACH = {"asked": 0, "delivered": 1, "holds": 2, "deletion_asked": 3, "gone": 4}
"""A copy's way: it never goes back. A post shared anew after its Delete has a new id, and new rows; over a
border that opens again it keeps its id, and gets new rows."""


@dataclass(frozen=True)
class Activity:
    """A message of ours, or one that we pass on as its author's hub (`node_id`).

    `facts` is what it says, in plain values; `body` the bytes once made.
    """

    id: str
    uri: str
    type: str
    object: str
    post_uri: str | None
    facts: dict[str, Any] | None
    body: bytes | None
    created: datetime
    node_id: str | None = None


@dataclass(frozen=True)
class Copy:
    """Where a post of ours is."""

    name: str
    url: str
    state: str
    at: datetime


def add(
    tx: Transaction, type: str, object: str, facts: dict[str, Any], at: datetime, post_uri: str | None = None
) -> Activity:
    """Write down a message; who gets it is said next. Its bytes are made when first needed."""
    key = uuid4().hex
    activity = Activity(key, tx.home.uri("a", key), type, object, post_uri, facts, None, at)
    tx.run(activities.insert(), vars(activity))
    return activity


_GET = select(activities).where(activities.c.id == bindparam("activity"))


def get(tx: Transaction, activity_id: str) -> Activity | None:
    row = tx.run(_GET, {"activity": activity_id}).mappings().first()
    return Activity(**row) if row else None


def by_uri(tx: Transaction, uri: str) -> Activity | None:
    row = tx.run(select(activities).where(activities.c.uri == uri)).mappings().first()
    return Activity(**row) if row else None


def first_of_post(tx: Transaction, post_uri: str) -> Activity | None:
    """The Create of a post."""
    create = and_(activities.c.post_uri == post_uri, activities.c.type == "Create")
    row = tx.run(select(activities).where(create).limit(1)).mappings().first()
    return Activity(**row) if row else None


def latest(tx: Transaction, type: str, object: str) -> Activity | None:
    """The newest message of one type about one thing."""
    same = and_(activities.c.type == type, activities.c.object == object)
    row = (
        tx.run(select(activities).where(same).order_by(activities.c.created.desc()).limit(1))
        .mappings()
        .first()
    )
    return Activity(**row) if row else None


def keep_body(tx: Transaction, activity_id: str, body: bytes) -> bytes:
    """Keep the bytes of a message, once: whoever comes second gets those already there."""
    there = tx.run(
        select(activities.c.body).where(activities.c.id == activity_id).with_for_update()
    ).scalar_one()
    if there is not None:
        return bytes(there)
    tx.run(activities.update().where(activities.c.id == activity_id).values(body=body))
    return body


def send_to(tx: Transaction, activity: Activity, node_id: str) -> None:
    """Queue a message for one node."""
    send(tx, activity, nodes.c.id == node_id)


def send_to_members(tx: Transaction, activity: Activity) -> None:
    """Queue a message for our hub and its members, or for the members of us as hub."""
    send(tx, activity, MEMBER)


def send_to_followers(tx: Transaction, activity: Activity) -> None:
    """Queue a message for who only follows us: no neighbour, and no member."""
    send(tx, activity, ONLY_FOLLOWS)


def send_to_partners(tx: Transaction, activity: Activity) -> None:
    """Queue a message for everybody who has to do with us: neighbours, hub, members, followers."""
    send(tx, activity, or_(PARTNER, may_hold(Audience.PUBLIC)))


def send_to_audience(tx: Transaction, activity: Activity, audience: Audience) -> None:
    """Queue a post's message for all to whom we send it ourselves; the hub passes it on."""
    send(tx, activity, sent_directly(tx.home, audience))


def send_to_readers(tx: Transaction, activity: Activity, post_uri: str) -> None:
    """Queue a public post's message for every node that read it at our place, and is sent nothing else."""
    there = copies.c.state.not_in(["deletion_asked", "gone"])
    readers = nodes.c.id.in_(select(copies.c.node_id).where(copies.c.post_uri == post_uri, there))
    send(tx, activity, and_(readers, not_(may_hold(Audience.PUBLIC))))


def send_to_holders(tx: Transaction, activity: Activity, post_uri: str) -> None:
    """Queue a message for every node that ever got a post, whatever it is to us now: to be deleted, also for
    one that we blocked since."""
    holders = nodes.c.id.in_(select(copies.c.node_id).where(copies.c.post_uri == post_uri))
    send(tx, activity, holders, blocked_too=activity.type == "Delete")


def send(tx: Transaction, activity: Activity, to: Any, blocked_too: bool = False) -> None:
    columns = ["activity_id", "origin", "inbox", "state", "created", "attempts"]
    row = [literal(activity.id), nodes.c.origin, nodes.c.inbox, literal("pending")]
    chosen = select(*row, literal(activity.created, deliveries.c.created.type), literal(0)).where(
        to,
        true() if blocked_too else nodes.c.blocked == False,
    )
    tx.run(deliveries.insert().from_select(columns, chosen.order_by(nodes.c.id)))
    wake(tx, activity)


def wake(tx: Transaction, activity: Activity, at: datetime | None = None) -> None:
    """Make the destinations of a message due that have nothing to do; one that does not answer sleeps on.

    Each row is locked, so that a worker that finds nothing waiting there does not put it to rest over this.
    """
    due = literal(at or activity.created, destinations.c.due.type)
    waiting = and_(deliveries.c.activity_id == activity.id, deliveries.c.state == "pending")
    origins = select(deliveries.c.origin, due, literal(0), literal(0)).where(waiting).distinct()
    woken = origins.order_by(deliveries.c.origin)
    insert = tx.insert(destinations).from_select(["origin", "due", "attempts", "fence"], woken)
    asleep = func.coalesce(destinations.c.due, insert.excluded.due)
    earlier = {"due": case((destinations.c.attempts == 0, insert.excluded.due), else_=asleep)}
    tx.run(insert.on_conflict_do_update(index_elements=["origin"], set_=earlier))


def send_again(tx: Transaction, activity: Activity, node_id: str, at: datetime) -> None:
    """Queue a message once more, as the same bytes: the other side seems not to have got it."""
    node = tx.run(select(nodes.c.origin).where(nodes.c.id == node_id)).scalar_one()
    again = and_(deliveries.c.activity_id == activity.id, deliveries.c.origin == node)
    tx.run(deliveries.update().where(again).values(state="pending", attempts=0, created=at))
    wake(tx, activity, at)


def answer_to(tx: Transaction, offer_uri: str) -> Activity | None:
    """The Accept or Reject that an Offer (or Follow) got from us, the latest."""
    answered = and_(activities.c.object == offer_uri, activities.c.type.in_(["Accept", "Reject"]))
    row = (
        tx.run(select(activities).where(answered).order_by(activities.c.created.desc()).limit(1))
        .mappings()
        .first()
    )
    return Activity(**row) if row else None


def erase_words(tx: Transaction, post_uri: str) -> None:
    """Take the words of a post out of the messages that carried them."""
    told = and_(activities.c.post_uri == post_uri, activities.c.type.in_(["Create", "Update"]))
    tx.run(activities.update().where(told).values(facts=None, body=None))


def drop_waiting(tx: Transaction, post_uri: str, node_id: str | None = None) -> None:
    """Take what still waits to be sent about a post (to one node, or to all) out of the queue: its Delete
    comes instead."""
    about = select(activities.c.id).where(activities.c.post_uri == post_uri)
    waiting = and_(deliveries.c.activity_id.in_(about), deliveries.c.state == "pending")
    if node_id is not None:
        there = select(nodes.c.origin).where(nodes.c.id == node_id)
        waiting = and_(waiting, deliveries.c.origin.in_(there))
    tx.run(deliveries.update().where(waiting).values(state="dropped", error="deleted before it was sent"))


# The ledger


def ask_audience(tx: Transaction, post_id: str, post_uri: str, audience: Audience, at: datetime) -> None:
    """Enter in the ledger that everybody a post is for is sent it, by us or through the hub."""
    row = [literal(post_uri), nodes.c.id, literal(post_id), literal("asked"), literal(at, copies.c.at.type)]
    new = tx.insert(copies).from_select(
        ["post_uri", "node_id", "post_id", "state", "at"], select(*row).where(may_hold(audience))
    )
    tx.run(new.on_conflict_do_nothing())


def ask_deletion(tx: Transaction, post_uri: str, at: datetime, node_id: str | None = None) -> None:
    """Enter in the ledger that every holder (or one) is asked to delete the post."""
    asked = and_(copies.c.post_uri == post_uri, copies.c.state != "gone")
    if node_id is not None:
        asked = and_(asked, copies.c.node_id == node_id)
    tx.run(copies.update().where(asked).values(state="deletion_asked", at=at))


def reached(
    tx: Transaction, post_uri: str, node_id: str, state: str, at: datetime, post_id: str | None = None
) -> None:
    """Move a copy forward in the ledger; never back. With `post_id` a missing row is made first."""
    if post_id is not None:
        tx.add_new(copies, post_uri=post_uri, node_id=node_id, post_id=post_id, state=state, at=at)
    before = [word for word, step in REACH.items() if step < REACH[state]]
    if state == "gone":  # a late receipt for an older Delete says nothing about the copy of today
        before = ["deletion_asked"]
    moved = {"uri": post_uri, "node": node_id, "became": state, "moment": at, "before": before}
    tx.run(_REACHED, moved)


_copy = and_(copies.c.post_uri == bindparam("uri"), copies.c.node_id == bindparam("node"))
_REACHED = (
    copies.update()
    .where(_copy, copies.c.state.in_(bindparam("before", expanding=True)))
    .values(state=bindparam("became"), at=bindparam("moment"))
)


def forget_called_back(tx: Transaction, node_id: str) -> None:
    """A node is a neighbour again: what it was asked to delete, and is still shared, it may hold anew."""
    still = select(posts.c.uri).where(posts.c.node_id.is_(None), posts.c.state != State.WITHDRAWN)
    back = and_(copies.c.node_id == node_id, copies.c.state.in_(["deletion_asked", "gone"]))
    tx.run(copies.delete().where(back, copies.c.post_uri.in_(still)))


def reached_as(tx: Transaction, post_uri: str, node_id: str) -> str | None:
    """How far the copy of a post at one node has come, None when it was never sent there."""
    row = and_(copies.c.post_uri == post_uri, copies.c.node_id == node_id)
    return tx.run(select(copies.c.state).where(row)).scalar()


def was_sent(tx: Transaction, post_uri: str, node_id: str) -> bool:
    row = and_(copies.c.post_uri == post_uri, copies.c.node_id == node_id)
    return tx.run(select(copies.c.state).where(row)).first() is not None


def copies_of(tx: Transaction, post_id: str) -> list[Copy]:
    """Where a post of ours is, by the name of the neighbourhood: each node once. The copy under the id that
    the post has now counts, else the one of which we heard last."""
    joined = copies.join(nodes, copies.c.node_id == nodes.c.id).join(posts, copies.c.post_id == posts.c.id)
    columns = [nodes.c.origin, nodes.c.name, nodes.c.url, copies.c.state, copies.c.at]
    order = (nodes.c.name, copies.c.post_uri == posts.c.uri, copies.c.at)
    rows = tx.run(select(*columns).select_from(joined).where(copies.c.post_id == post_id).order_by(*order))
    found = {origin: Copy(name, url or origin, state, at) for origin, name, url, state, at in rows}
    return list(found.values())


def shared_with(tx: Transaction, node_id: str) -> list[str]:
    """The ids of our posts that one node holds, or may hold."""
    held = and_(copies.c.node_id == node_id, copies.c.state.not_in(["deletion_asked", "gone"]))
    return list(tx.run(select(copies.c.post_uri).where(held)).scalars())
