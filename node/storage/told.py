"""Of which posts somebody was told by mail: of each once, by whatever way it came here.

A post is known again by the id that its home gave it, and by ours: of a post that was made smaller only the
first changes, of a copy that went and came back only the second.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, or_, select

from node.neighbourhood.post import Post
from node.storage.database import Transaction
from node.storage.tables import posts, told

KEPT = timedelta(days=60)


def add(tx: Transaction, resident_id: str, post: Post, at: datetime, waits: bool) -> bool:
    """Note that somebody is told of a post, or (`waits`) is about to be; False when they were before."""
    if new(tx, resident_id, [post]) == []:
        return False
    return tx.add_new(told, resident_id=resident_id, post_uri=post.uri, post_id=post.id, at=at, waits=waits)


def new(tx: Transaction, resident_id: str, found: Sequence[Post]) -> list[Post]:
    """Those of these posts that somebody was not told of yet."""
    either = or_(told.c.post_uri.in_([p.uri for p in found]), told.c.post_id.in_([p.id for p in found]))
    known = select(told.c.post_uri, told.c.post_id).where(told.c.resident_id == resident_id, either)
    rows = tx.run(known).all() if found else []
    before = {row[0] for row in rows} | {row[1] for row in rows}
    return [post for post in found if post.uri not in before and post.id not in before]


def waiting(tx: Transaction, until: datetime, limit: int) -> list[str]:
    """For whom something waits since before that moment."""
    first = func.min(told.c.at)
    whom = select(told.c.resident_id).where(told.c.waits == True).group_by(told.c.resident_id)
    return list(tx.run(whom.having(first <= until).order_by(first).limit(limit)).scalars())


def take(tx: Transaction, resident_id: str, limit: int) -> list[str]:
    """The ids of the posts that wait to be told to somebody, the first first; from now on they are told."""
    theirs = and_(told.c.resident_id == resident_id, told.c.waits == True)
    statement = select(told.c.post_id, told.c.post_uri).where(theirs).order_by(told.c.at, told.c.post_uri)
    rows = tx.run(statement.limit(limit).with_for_update(skip_locked=True)).all()
    these = and_(theirs, told.c.post_uri.in_([row[1] for row in rows]))
    tx.run(told.update().where(these).values(waits=False))
    return [row[0] for row in rows]


def untell(tx: Transaction, resident_id: str, post_ids: Iterable[str]) -> None:
    """They were not told of these after all."""
    theirs = and_(told.c.resident_id == resident_id, told.c.post_id.in_(list(post_ids)))
    tx.run(told.delete().where(theirs))


def forget(tx: Transaction, at: datetime) -> None:
    """Who was told of what is over."""
    runs = exists().where(posts.c.uri == told.c.post_uri, posts.c.ended.is_(None), posts.c.title != "")
    tx.run(told.delete().where(told.c.at < at - KEPT, ~runs))
