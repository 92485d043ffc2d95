"""Posts kept here: our own, and the copies we hold for other nodes."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, bindparam, exists, func, or_, select, true

from node.neighbourhood.audience import may_see
from node.neighbourhood.folding import fold
from node.neighbourhood.node import Area
from node.neighbourhood.post import ANSWERABLE, PRIVATE, Audience, Kind, Post, State
from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.report import ReportState
from node.neighbourhood.resident import Resident
from node.storage import trigrams
from node.storage.columns import NextNumber
from node.storage.database import Prepared, Transaction
from node.storage.filter import Filter, about, answerable, running, visible_to, whose
from node.storage.tables import (
    invites,
    log,
    matches,
    posts,
    replies,
    reports,
    responses,
)

__all__ = ["Filter"]  # a list is asked for by one

_FOR_SEARCH = {"folded", "number"}
COLUMNS = [column for column in posts.c if column.name not in _FOR_SEARCH]  # what a post is made of
_NAMES = [column.name for column in COLUMNS if not column.name.startswith("area_")]
_ADD = Prepared(posts.insert(), (*(column.name for column in COLUMNS), "folded"))
_URI = select(*COLUMNS).where(posts.c.uri == bindparam("uri"))
_BY_URI, _BY_URI_LOCKED = Prepared(_URI), Prepared(_URI.with_for_update())


def add(tx: Transaction, post: Post) -> None:
    tx.change(_ADD, _values(post))


def add_once(tx: Transaction, post: Post) -> bool:
    """Keep a new post; False when one with its id is here already, for the same form was sent twice."""
    return tx.add_new(posts, **_values(post))


def save(tx: Transaction, post: Post) -> None:
    """Keep a changed post over the one with its id."""
    overwrite(tx, post.id, _values(post))


def overwrite(tx: Transaction, post_id: str, values: Mapping[str, Any]) -> None:
    """Keep these values over those of its row; by its new words it is found, by the old ones no longer."""
    left = trigrams.forget(tx, post_id, but=values["folded"])
    number = {"number": NextNumber()} if left else {}
    tx.run(posts.update().where(posts.c.id == post_id).values(**values, **number))


def without_photos(tx: Transaction, post_ids: Collection[str]) -> None:
    """Say of these posts that no photo belongs to them any more; their words stay as they are."""
    tx.run(posts.update().where(posts.c.id.in_(post_ids)).values(photos=0))


def get(tx: Transaction, post_id: str, *, lock: bool = False) -> Post:
    """The post with this id of ours; with `lock` nobody else changes it meanwhile. Raises NotFound."""
    statement = select(posts).where(posts.c.id == post_id)
    row = tx.run(statement.with_for_update() if lock else statement).mappings().first()
    if row is None:
        raise NotFound(phrase("This is not here, or no longer."))
    return of_row(row)


def claim(tx: Transaction, post_ids: Collection[str]) -> list[Post]:
    """These posts, locked, in their order; without those that somebody else changes just now."""
    statement = select(posts).where(posts.c.id.in_(post_ids)).with_for_update(skip_locked=True)
    found = {row["id"]: of_row(row) for row in tx.run(statement).mappings()} if post_ids else {}
    return [found[post_id] for post_id in post_ids if post_id in found]


def see(tx: Transaction, who: Resident | None, post_id: str, at: datetime, *, lock: bool = False) -> Post:
    """The post, if this person may see it; else NotFound, as for one that never was."""
    post = get(tx, post_id, lock=lock)
    if not may_see(who, post, at):
        raise NotFound(phrase("This is not here, or no longer."))
    return post


def by_uri(tx: Transaction, uri: str, *, lock: bool = False) -> Post | None:
    """The post with this ActivityPub id."""
    row = tx.row(_BY_URI_LOCKED if lock else _BY_URI, uri=uri)
    return of_row(row) if row else None


def by_page(tx: Transaction, key: str, *, lock: bool = False) -> Post | None:
    """The post of ours whose page has this key, as it stands in the addresses that people pass on."""
    statement = select(posts).where(posts.c.id == key, posts.c.node_id.is_(None))
    found = tx.run(statement.with_for_update() if lock else statement).mappings().first()
    return of_row(found) if found else None


def listing(tx: Transaction, who: Resident | None, wanted: Filter, at: datetime) -> list[Post]:
    """The posts this person may see, newest first; events by their beginning, soonest first.

    What they reported themselves is on no list of theirs until somebody has decided about it.
    """
    where = shown(who, wanted, at)
    order: tuple[Any, ...] = (posts.c.created.desc(), posts.c.id.desc())
    if wanted.starting_from is not None:
        order = (posts.c.starts, posts.c.id)
    statement = select(*COLUMNS).where(*where).order_by(*order).limit(wanted.limit)
    return [of_row(row) for row in tx.run(statement).mappings()]


def shown(who: Resident | None, wanted: Filter, at: datetime) -> list[ColumnElement[bool]]:
    """What this person may see of what is asked for, as SQL: the same for a list and for a search."""
    where = [visible_to(who, at), *whose(wanted), *about(wanted), *running(wanted, at)]
    if who is not None and who.id:
        where.append(posts.c.id.not_in(_reported_by(who.id)))
    return where


def reported_by(tx: Transaction, resident_id: str) -> frozenset[str]:
    """The ids of the posts that somebody reported, about which nobody decided yet."""
    return frozenset(tx.run(_reported_by(resident_id)).scalars())


def _reported_by(resident_id: str) -> Select[tuple[str]]:
    theirs = and_(reports.c.resident == resident_id, reports.c.state == ReportState.OPEN)
    return select(reports.c.post_id).where(theirs, reports.c.response_id.is_(None))


def count_answerable(
    tx: Transaction, who: Resident | None, at: datetime
) -> dict[str | None, dict[Kind, int]]:
    """How many posts wait for somebody that this person may see, by home (None: ours) and kind: what
    `answerable` lists."""
    statement = select(posts.c.node_id, posts.c.kind, func.count()).where(visible_to(who, at), answerable(at))
    found: dict[str | None, dict[Kind, int]] = {}
    for home, kind, number in tx.run(statement.group_by(posts.c.node_id, posts.c.kind)):
        found.setdefault(home, {})[kind] = int(number)
    return found


def known(tx: Transaction, post_ids: set[str]) -> dict[str, Post]:
    """The posts with these ids of ours, by id; whether somebody may see them is for the caller to ask."""
    found = tx.run(select(posts).where(posts.c.id.in_(post_ids))).mappings() if post_ids else ()
    return {row["id"]: of_row(row) for row in found}


def shared_open(
    tx: Transaction,
    at: datetime,
    before: tuple[datetime, str] | None,
    limit: int,
    audience: Collection[Audience],
) -> list[Post]:
    """Our own posts as the outbox shows them: open, newest first; those of these audiences."""
    earlier: ColumnElement[bool] = true()
    if before is not None:
        created, post_id = before
        earlier = or_(posts.c.created < created, and_(posts.c.created == created, posts.c.id < post_id))
    statement = (
        select(posts)
        .where(posts.c.node_id.is_(None), posts.c.audience.in_(audience), earlier)
        .where(posts.c.state.in_([*ANSWERABLE, State.AGREED]), posts.c.expires > at)
        .order_by(posts.c.created.desc(), posts.c.id.desc())
        .limit(limit)
    )
    return [of_row(row) for row in tx.run(statement).mappings()]


def held_from(tx: Transaction, node_id: str) -> list[Post]:
    """All copies we hold for one node."""
    return [of_row(row) for row in tx.run(select(posts).where(posts.c.node_id == node_id)).mappings()]


def erase(tx: Transaction, post: Post) -> None:
    """Take the words of a post away for good, and those that were reported about it; what waits about an
    answer or a message stays, for that is there yet. A bare stub stays while an answer, an invite or a report
    refers to it, and of one that is hidden here, so that it stays so when it comes back."""
    tx.run(log.update().where(log.c.subject == post.id).values(why=None))
    over = or_(reports.c.response_id.is_(None), reports.c.state != ReportState.OPEN)
    tx.run(reports.update().where(reports.c.post_id == post.id, over).values(text=""))
    if not post.hidden and not any(_refers(tx, column, post) for column in _REFERRING):
        trigrams.forget(tx, post.id)
        tx.run(posts.delete().where(posts.c.id == post.id))
        return
    state = post.state if post.own else State.HIDDEN
    save(tx, replace(post, title="", text="", author_name="", state=state))


_REFERRING = (
    responses.c.post_id,
    matches.c.post_id,
    invites.c.post_id,
    invites.c.offer_id,
    reports.c.post_id,
)


def drop_stubs(tx: Transaction, post_ids: Collection[str]) -> None:
    """Of these posts without words those go to which nothing refers."""
    referred = (exists().where(column == posts.c.id) for column in (*_REFERRING, replies.c.post_id))
    bare = and_(posts.c.id.in_(post_ids), posts.c.title == "")
    tx.run(posts.delete().where(bare, *(~one for one in referred)))


def _refers(tx: Transaction, column: Column[str], post: Post) -> bool:
    return tx.run(select(column).where(column == post.id).limit(1)).first() is not None


def _values(post: Post) -> dict[str, Any]:
    values = {name: getattr(post, name) for name in _NAMES}
    area = {"area_code": post.area.code, "area_name": post.area.name}
    return {**values, **area, "folded": _folded(post)}


def _folded(post: Post) -> str:
    """The words by which it is found. Of what its writer alone may see, and of what is expired or erased,
    there are none: it leaves the index with them."""
    if post.hidden or not post.title or post.state in PRIVATE or post.state is State.EXPIRED:
        return ""
    return f" {fold(' '.join((post.title, post.place, post.text)))} "


def of_row(row: Mapping[Any, Any]) -> Post:
    """A post as it stands in a row of the table."""
    values = {name: value for name, value in row.items() if name not in _FOR_SEARCH}
    area = Area(values.pop("area_code"), values.pop("area_name"))
    return Post(**values, area=area)
