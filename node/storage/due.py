"""Posts whose time has come: to end, to be called back everywhere, to be thrown away here."""

from datetime import datetime

from sqlalchemy import and_, or_, select

from node.neighbourhood.post import ANSWERABLE, Post, State
from node.storage.database import Transaction
from node.storage.posts import of_row
from node.storage.tables import copies, posts, spread


def to_expire(tx: Transaction, at: datetime, limit: int = 200) -> list[Post]:
    """Our own posts whose end has come while still waiting for somebody."""
    waiting = [*ANSWERABLE, State.PAUSED]
    own = and_(posts.c.node_id.is_(None), posts.c.state.in_(waiting), posts.c.expires <= at)
    statement = select(posts).where(own).order_by(posts.c.expires).limit(limit).with_for_update()
    return [of_row(row) for row in tx.run(statement).mappings()]


def to_erase(tx: Transaction, at: datetime, limit: int = 200) -> list[Post]:
    """Copies past their end: the holder's duty, without being told (`wire.md` 4)."""
    past = and_(posts.c.node_id.is_not(None), posts.c.expires <= at, posts.c.title != "")
    statement = select(posts).where(past).order_by(posts.c.expires).limit(limit).with_for_update()
    return [of_row(row) for row in tx.run(statement).mappings()]


def to_recall(tx: Transaction, ended_before: datetime, limit: int = 200) -> list[Post]:
    """Our own posts that ended long enough ago for the copies to go."""
    ended = and_(posts.c.node_id.is_(None), posts.c.ended.is_not(None), posts.c.ended <= ended_before)
    held = select(copies.c.post_uri).where(copies.c.state.not_in(["deletion_asked", "gone"]))
    spread_to = select(spread.c.post_uri).where(spread.c.state != "deletion_asked")
    there = or_(posts.c.uri.in_(held), posts.c.uri.in_(spread_to))
    due = select(posts).where(ended, there, posts.c.state != State.WITHDRAWN)
    statement = due.order_by(posts.c.ended).limit(limit).with_for_update()
    return [of_row(row) for row in tx.run(statement).mappings()]
