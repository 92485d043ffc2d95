"""Threads: the messages between a poster and one helper, and until where each has read them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.engine import RowMapping

from node.neighbourhood.post import Kind
from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.thread import Message, Side, Thread, side_of
from node.storage import matches, posts, responses
from node.storage import tables as t
from node.storage.database import Transaction

_AGREES = [kind for kind in Kind if kind.agrees]


@dataclass(frozen=True)
class Waiting:
    """One of a person's threads, in their list."""

    response_id: str
    at: datetime  # of the last that was said in it
    unread: int


def see(tx: Transaction, who: Resident | None, response_id: str, *, lock: bool = False) -> Thread:
    """The thread on an answer, for one of the two it is between; for all others NotFound, as if it never
    was."""
    thread = _of(tx, responses.get(tx, response_id).post_id, response_id, who.id if who else "", lock)
    if thread is None:
        raise NotFound(phrase("This answer is not here, or no longer."))
    return thread


def from_node(tx: Transaction, node_id: str, offer_uri: str) -> Thread | None:
    """The thread on an Offer, locked, as the other side sees it that lives at this node; None when that is
    not its other home."""
    response = responses.by_uri(tx, offer_uri)
    if response is None:
        return None
    post = posts.get(tx, response.post_id, lock=True)
    response = responses.get(tx, response.id, lock=True)
    theirs = response.node_id == node_id if post.own else post.node_id == node_id and response.resident
    if not theirs or not post.kind.agrees:
        return None
    side = Side.HELPER if post.own else Side.POSTER
    return Thread(post, response, matches.newest_of_response(tx, response.id), side)


def from_account(tx: Transaction, account_id: str, response_id: str) -> Thread | None:
    """The thread on an answer, locked, as the account sees it that gave it; None when that is another's."""
    response = responses.get(tx, response_id)
    post = posts.get(tx, response.post_id, lock=True)
    response = responses.get(tx, response.id, lock=True)
    if response.account_id != account_id or not post.kind.agrees:
        return None
    return Thread(post, response, matches.newest_of_response(tx, response.id), Side.HELPER)


def last_from(tx: Transaction, response_id: str, side: Side) -> str | None:
    """The id of the last message of one side."""
    theirs = and_(t.messages.c.response_id == response_id, t.messages.c.side == side)
    order = (t.messages.c.created.desc(), t.messages.c.id.desc())
    return tx.run(select(t.messages.c.uri).where(theirs).order_by(*order).limit(1)).scalar()


def _of(tx: Transaction, post_id: str, response_id: str, resident_id: str, lock: bool) -> Thread | None:
    """The post first, then its answer, when they are locked: always in this order."""
    post = posts.get(tx, post_id, lock=lock)
    response = responses.get(tx, response_id, lock=lock)
    side = side_of(post, response, resident_id)
    newest = matches.newest_of_response(tx, response_id)
    return Thread(post, response, newest, side) if side is not None else None


def add(tx: Transaction, message: Message) -> bool:
    """Keep a new message; False when one with its id is here already."""
    return tx.add_new(t.messages, **vars(message))


def save(tx: Transaction, message: Message) -> None:
    tx.run(t.messages.update().where(t.messages.c.id == message.id), vars(message))


def get(tx: Transaction, message_id: str) -> Message:
    """The message with this id of ours. Raises NotFound."""
    row = tx.run(select(t.messages).where(t.messages.c.id == message_id)).mappings().first()
    if row is None:
        raise NotFound(phrase("This message is not here, or no longer."))
    return _message(row)


def known(tx: Transaction, message_ids: set[str]) -> dict[str | None, Message]:
    """The messages with these ids of ours, by id."""
    statement = select(t.messages).where(t.messages.c.id.in_(message_ids))
    found = tx.run(statement).mappings() if message_ids else ()
    return {row["id"]: _message(row) for row in found}


def by_uri(tx: Transaction, uri: str) -> Message | None:
    """The message with this ActivityPub id."""
    row = tx.run(select(t.messages).where(t.messages.c.uri == uri)).mappings().first()
    return _message(row) if row else None


def page(tx: Transaction, response_id: str, before: tuple[datetime, str] | None, limit: int) -> list[Message]:
    """The messages of a thread, newest first; those after `before`."""
    where = [t.messages.c.response_id == response_id]
    if before is not None:
        created, last = before
        same = and_(t.messages.c.created == created, t.messages.c.id < last)
        where.append(or_(t.messages.c.created < created, same))
    statement = select(t.messages).where(*where)
    order = (t.messages.c.created.desc(), t.messages.c.id.desc())
    return [_message(row) for row in tx.run(statement.order_by(*order).limit(limit)).mappings()]


def last(tx: Transaction, response_id: str) -> datetime | None:
    """When the newest message of a thread was written."""
    newest = select(func.max(t.messages.c.created)).where(t.messages.c.response_id == response_id)
    return tx.run(newest).scalar()


def counts(tx: Transaction, response_id: str, side: Side, since: datetime) -> tuple[int, int]:
    """How many messages one side wrote in a thread since then, and in all; also those taken back."""
    theirs = and_(t.messages.c.response_id == response_id, t.messages.c.side == side)
    lately = select(func.count()).select_from(t.messages).where(theirs, t.messages.c.created > since)
    in_all = select(func.count()).select_from(t.messages).where(theirs)
    return int(tx.run(lately).scalar_one()), int(tx.run(in_all).scalar_one())


def unsay(tx: Transaction, uri: str) -> None:
    """Take the words of a message out of what carries it to the other node; what still waits is not sent."""
    said = select(t.activities.c.id).where(t.activities.c.object == uri, t.activities.c.type == "Create")
    waiting = and_(t.deliveries.c.activity_id.in_(said), t.deliveries.c.state == "pending")
    tx.run(t.deliveries.update().where(waiting).values(state="dropped", error="deleted before it was sent"))
    tx.run(t.activities.update().where(t.activities.c.id.in_(said)).values(facts=None, body=None))


def forget(tx: Transaction, account_id: str, at: datetime) -> None:
    """Nothing that an account of other software wrote in its conversations is kept."""
    its = select(t.responses.c.id).where(t.responses.c.account_id == account_id)
    said = and_(t.messages.c.response_id.in_(its), t.messages.c.side == Side.HELPER)
    still = and_(said, t.messages.c.deleted.is_(None))
    tx.run(t.messages.update().where(still).values(text="", deleted=at))


def read(tx: Transaction, resident_id: str, response_id: str, at: datetime) -> None:
    """Note until where somebody has read a thread."""
    row = tx.insert(t.reads).values(resident_id=resident_id, response_id=response_id, at=at)
    keys = ["resident_id", "response_id"]
    tx.run(row.on_conflict_do_update(index_elements=keys, set_={"at": row.excluded.at}))


def unread(tx: Transaction, resident_id: str, response_id: str | None = None) -> dict[str, int]:
    """How many messages somebody has not read yet, by thread: of all their threads, or of one."""
    seen = and_(t.reads.c.response_id == t.messages.c.response_id, t.reads.c.resident_id == resident_id)
    joined = _joined(t.messages.join(t.responses, t.messages.c.response_id == t.responses.c.id))
    new = or_(t.reads.c.at.is_(None), t.messages.c.created > t.reads.c.at)
    statement = select(t.messages.c.response_id, func.count()).select_from(joined.outerjoin(t.reads, seen))
    statement = statement.where(_to(resident_id), new, t.messages.c.deleted.is_(None))
    if response_id is not None:
        statement = statement.where(t.messages.c.response_id == response_id)
    return {row[0]: int(row[1]) for row in tx.run(statement.group_by(t.messages.c.response_id))}


def listing(tx: Transaction, resident_id: str, limit: int) -> list[Waiting]:
    """Somebody's threads in which something was written, the last written in first."""
    newest = func.max(t.messages.c.created)
    statement = select(t.messages.c.response_id, newest).select_from(
        _joined(t.messages.join(t.responses, t.messages.c.response_id == t.responses.c.id))
    )
    mine = statement.where(or_(_helps(resident_id), _posted(resident_id)), t.posts.c.kind.in_(_AGREES))
    found = tx.run(_latest(mine, newest).limit(limit)).all()
    new = unread(tx, resident_id)
    return [Waiting(row[0], row[1], new.get(row[0], 0)) for row in found]


def _latest(statement: Select[Any], newest: ColumnElement[Any]) -> Select[Any]:
    return statement.group_by(t.messages.c.response_id).order_by(newest.desc(), t.messages.c.response_id)


def _joined(some: Any) -> Any:
    return some.join(t.posts, t.responses.c.post_id == t.posts.c.id)


def _helps(resident_id: str) -> ColumnElement[bool]:
    return t.responses.c.resident == resident_id


def _posted(resident_id: str) -> ColumnElement[bool]:
    return and_(t.posts.c.author == resident_id, t.posts.c.node_id.is_(None))


def _to(resident_id: str) -> ColumnElement[bool]:
    """Written by the other, in a thread of this person."""
    from_poster = and_(_helps(resident_id), t.messages.c.side == Side.POSTER)
    from_helper = and_(_posted(resident_id), t.messages.c.side == Side.HELPER)
    return or_(from_poster, from_helper)


def _message(row: RowMapping) -> Message:
    return Message(**row)
