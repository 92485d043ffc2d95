"""Searches that people keep: what they want to hear of as soon as it is there."""

from sqlalchemy import and_, func, or_, select

from node.neighbourhood.post import Post
from node.neighbourhood.wish import Search
from node.storage.database import Prepared, Transaction
from node.storage.tables import residents, searches

_ANY = Prepared(select(searches.c.id).limit(1))  # asked of every post that comes in


def any_kept(tx: Transaction) -> bool:
    """Whether anybody here keeps a search at all."""
    return tx.row(_ANY) is not None


def add(tx: Transaction, search: Search) -> None:
    tx.run(searches.insert(), vars(search))


def of(tx: Transaction, resident_id: str) -> list[Search]:
    """What somebody keeps, the first first."""
    theirs = select(searches).where(searches.c.resident_id == resident_id)
    rows = tx.run(theirs.order_by(searches.c.created, searches.c.id)).mappings()
    return [Search(**row) for row in rows]


def total(tx: Transaction, resident_id: str) -> int:
    theirs = select(func.count()).select_from(searches).where(searches.c.resident_id == resident_id)
    return int(tx.run(theirs).scalar_one())


def pause(tx: Transaction, resident_id: str, search_id: str | None, paused: bool) -> int:
    """Let a search of somebody rest, or go on; None is all of them. How many there were."""
    theirs = searches.c.resident_id == resident_id
    which = theirs if search_id is None else and_(theirs, searches.c.id == search_id)
    return tx.run(searches.update().where(which).values(paused=paused)).rowcount


def end(tx: Transaction, resident_id: str, search_id: str) -> bool:
    """Forget a search of somebody; False when it is not theirs, or gone."""
    which = and_(searches.c.id == search_id, searches.c.resident_id == resident_id)
    return tx.run(searches.delete().where(which)).rowcount == 1


def maybe(tx: Transaction, post: Post) -> list[Search]:
    """Searches that may find a post, by its kind and what it is about; of people who are let in, and not of
    who put it up."""
    kind = or_(searches.c.kind.is_(None), searches.c.kind == post.kind)
    about = or_(searches.c.category.is_(None), searches.c.category == post.category)
    statement = select(searches).join(residents, residents.c.id == searches.c.resident_id)
    statement = statement.where(searches.c.paused == False, kind, about, residents.c.admitted.is_not(None))
    if post.author is not None:
        statement = statement.where(searches.c.resident_id != post.author)
    return [Search(**row) for row in tx.run(statement.order_by(searches.c.id)).mappings()]
