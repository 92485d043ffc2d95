"""What accounts elsewhere wrote about posts of ours: kept once, for a supervisor or for who posted."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from node.neighbourhood.post import Kind
from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.reply import Reply, ReplyState
from node.neighbourhood.response import ResponseState
from node.storage.database import Transaction
from node.storage.tables import accounts, posts, replies, responses

_WAITS = replies.c.state == ReplyState.WAITING


def add(tx: Transaction, reply: Reply) -> bool:
    """Keep a new reply; False when it came before."""
    return tx.add_new(replies, **vars(reply))


def save(tx: Transaction, reply: Reply) -> None:
    tx.run(replies.update().where(replies.c.id == reply.id), vars(reply))


def get(tx: Transaction, reply_id: str, *, lock: bool = False) -> Reply:
    """The reply with this id of ours. Raises NotFound."""
    statement = select(replies).where(replies.c.id == reply_id)
    row = tx.run(statement.with_for_update() if lock else statement).mappings().first()
    if row is None:
        raise NotFound(phrase("This is not here, or no longer."))
    return Reply(**row)


def by_uri(tx: Transaction, uri: str, *, lock: bool = False) -> Reply | None:
    statement = select(replies).where(replies.c.uri == uri)
    row = tx.run(statement.with_for_update() if lock else statement).mappings().first()
    return Reply(**row) if row else None


def waiting(tx: Transaction, before: tuple[datetime, str] | None, limit: int) -> list[Reply]:
    """What waits for a supervisor, the newest first; what comes after `before`."""
    where: list[ColumnElement[bool]] = [_WAITS]
    if before is not None:
        created, last = before
        same = and_(replies.c.created == created, replies.c.id < last)
        where.append((replies.c.created < created) | same)
    return _all(tx, where, (replies.c.created.desc(), replies.c.id.desc()), limit)


def oldest(tx: Transaction, limit: int, start: int = 0) -> list[Reply]:
    """What waits longest for a supervisor, after the first `start` of them."""
    return _all(tx, [_WAITS], (replies.c.created, replies.c.id), limit, start)


def of_account(tx: Transaction, account_id: str) -> list[Reply]:
    """All that an account wrote, the oldest first."""
    return _all(tx, [replies.c.account_id == account_id], (replies.c.created, replies.c.id), 1000)


def shown(tx: Transaction, post_id: str, limit: int = 100) -> list[str]:
    """The ids of the public replies to a post that a supervisor let in, the oldest first: without those that
    were hidden since, and those of who is blocked."""
    there = [replies.c.post_id == post_id, replies.c.public == True, replies.c.state == ReplyState.LET_IN]
    hidden = and_(responses.c.state == ResponseState.DECLINED, posts.c.kind == Kind.NOTICE)
    joined = replies.join(accounts, replies.c.account_id == accounts.c.id)
    joined = joined.join(posts, replies.c.post_id == posts.c.id)
    joined = joined.outerjoin(responses, replies.c.response_id == responses.c.id)
    statement = select(replies.c.uri).select_from(joined).where(*there, accounts.c.blocked == False)
    seen = statement.where(or_(responses.c.id.is_(None), ~hidden))
    return list(tx.run(seen.order_by(replies.c.created, replies.c.id).limit(limit)).scalars())


def count(tx: Transaction) -> int:
    """How many wait for a supervisor."""
    return _count(tx, [_WAITS])


def counts(tx: Transaction, account_id: str, origin: str, since: datetime) -> tuple[int, int, int]:
    """How many wait of an account, and how many of its server; and how many it sent since then."""
    theirs = replies.c.account_id == account_id
    there = replies.c.account_id.in_(select(accounts.c.id).where(accounts.c.origin == origin))
    lately = _count(tx, [theirs, replies.c.created > since])
    return _count(tx, [theirs, _WAITS]), _count(tx, [there, _WAITS]), lately


def _count(tx: Transaction, where: Iterable[ColumnElement[bool]]) -> int:
    return int(tx.run(select(func.count()).select_from(replies).where(*where)).scalar_one())


def _all(
    tx: Transaction, where: Iterable[ColumnElement[bool]], order: Any, limit: int, start: int = 0
) -> list[Reply]:
    statement = select(replies).where(*where).order_by(*order).limit(limit).offset(start)
    return [Reply(**row) for row in tx.run(statement).mappings()]
