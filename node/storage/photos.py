"""Photos kept here: what is known of each. Their files are beside the database, and go after their row."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from node.neighbourhood.photo import Photo
from node.neighbourhood.post import ERASED_AFTER, State
from node.neighbourhood.refusal import NotFound, phrase
from node.storage import posts as kept_posts
from node.storage.database import Transaction
from node.storage.tables import drafts, photos, posts, residents

_SELECT = select(photos).order_by(photos.c.added, photos.c.id)


def add(tx: Transaction, photo: Photo) -> None:
    tx.run(photos.insert(), vars(photo))


def get(tx: Transaction, photo_id: str) -> Photo:
    """The photo with this id. Raises NotFound."""
    row = tx.run(select(photos).where(photos.c.id == photo_id)).mappings().first()
    if row is None:
        raise NotFound(phrase("This is not here, or no longer."))
    return Photo(**row)


def of_posts(tx: Transaction, post_ids: Collection[str]) -> dict[str, list[Photo]]:
    """The photos of each of these posts, in the order in which they came."""
    found: dict[str, list[Photo]] = {}
    if post_ids:
        for row in tx.run(_SELECT.where(photos.c.post_id.in_(post_ids))).mappings():
            found.setdefault(row["post_id"], []).append(Photo(**row))
    return found


def of_post(tx: Transaction, post_id: str) -> list[Photo]:
    return of_posts(tx, [post_id]).get(post_id, [])


def begun(tx: Transaction, owner: str, draft: str) -> list[Photo]:
    """Those of what somebody began to write on the form with this key."""
    return [Photo(**row) for row in tx.run(_SELECT.where(_of_draft(owner, draft))).mappings()]


def attach(tx: Transaction, owner: str, draft: str, post_id: str) -> None:
    """What was begun is posted: its photos are the post's."""
    tx.run(photos.update().where(_of_draft(owner, draft)).values(post_id=post_id, draft=None))


def describe(tx: Transaction, photo_id: str, alt: str) -> None:
    tx.run(photos.update().where(photos.c.id == photo_id).values(alt=alt))


def drop(tx: Transaction, photo_id: str) -> None:
    tx.run(photos.delete().where(photos.c.id == photo_id))


def drop_of_post(tx: Transaction, post_id: str) -> None:
    """All of a post go; nobody gets their files from this moment on."""
    tx.run(photos.delete().where(photos.c.post_id == post_id))


def kept(tx: Transaction, owner: str | None = None) -> tuple[int, int]:
    """How many are kept, and how many bytes they are: of one person, or of all."""
    statement = select(func.count(), func.coalesce(func.sum(photos.c.size), 0))
    row = tx.run(statement if owner is None else statement.where(photos.c.owner == owner)).one()
    return int(row[0]), int(row[1])


def ids(tx: Transaction) -> set[str]:
    """All that are kept."""
    return set(tx.run(select(photos.c.id)).scalars())


def forget(tx: Transaction, at: datetime) -> int:
    """Those go whose post is gone, taken back, or over for thirty days, that nobody goes on with, or whose
    owner is not here any more. Says how many."""
    there = and_(posts.c.id == photos.c.post_id, posts.c.title != "", posts.c.state != State.WITHDRAWN)
    runs = or_(posts.c.ended.is_(None), posts.c.ended > at - ERASED_AFTER)
    over = and_(photos.c.post_id.is_not(None), ~exists().where(there, runs))
    nobodys = ~exists().where(residents.c.id == photos.c.owner)
    rows = tx.run(select(photos.c.id, photos.c.post_id).where(or_(over, nobodys))).all()
    gone = [str(row[0]) for row in rows] + _given_up(tx)
    if gone:
        tx.run(photos.delete().where(photos.c.id.in_(gone)))
        kept_posts.without_photos(tx, [row[1] for row in rows if row[1]])
    return len(gone)


def _given_up(tx: Transaction) -> list[str]:
    """Those of forms that nobody goes on with: thrown away, forgotten, or another was begun."""
    waiting = tx.run(select(photos.c.id, photos.c.owner, photos.c.draft).where(photos.c.post_id.is_(None)))
    found = waiting.all()
    owners = {row[1] for row in found}
    kept = tx.run(select(drafts.c.owner, drafts.c.fields).where(drafts.c.owner.in_(owners))) if found else ()
    live = {(owner, fields.get("key")) for owner, fields in kept}
    return [str(key) for key, owner, draft in found if (owner, draft) not in live]


def _of_draft(owner: str, draft: str) -> ColumnElement[bool]:
    return and_(photos.c.owner == owner, photos.c.draft == draft, photos.c.post_id.is_(None))
