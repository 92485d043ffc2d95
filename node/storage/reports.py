"""Reports about posts, and the supervisor's queue that they make."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.engine import RowMapping

from node.neighbourhood.post import Post, State
from node.neighbourhood.report import Report, ReportCategory, ReportState
from node.storage import posts as kept
from node.storage.database import Transaction
from node.storage.tables import posts, reports

_OPEN = reports.c.state == ReportState.OPEN
_OF_POST = reports.c.response_id.is_(None)
"""About a post itself: what is about an answer or a message stands in `storage.sayings`."""
_WAITS = and_(_OPEN, _OF_POST, or_(reports.c.resident.is_(None), reports.c.node_id.is_(None)))
"""Open, and for us to decide: not what a supervisor wrote to another node (`Report.sent_on`)."""
_THERE = and_(posts.c.title != "", posts.c.state.not_in([State.DRAFT, State.WITHDRAWN]))
_AWAY = or_(
    and_(posts.c.node_id.is_(None), posts.c.state == State.WAITING),
    and_(posts.c.node_id.is_not(None), posts.c.hidden == True),
)
"""Our own that was taken out of sight, or a copy that our supervisor does not show here."""


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for a supervisor: a post, with its open reports, the oldest first, and since
    when."""

    post: Post
    reports: list[Report]
    since: datetime


def add(tx: Transaction, report: Report) -> bool:
    """Keep a new report; False when it came before."""
    return tx.add_new(reports, **vars(report))


def save(tx: Transaction, report: Report) -> None:
    tx.run(reports.update().where(reports.c.id == report.id), vars(report))


def open_about(tx: Transaction, post_id: str, category: ReportCategory | None = None) -> list[Report]:
    """The reports about a post that wait for a decision, of ours or of its home, the oldest first."""
    same = true() if category is None else reports.c.category == category
    statement = select(reports).where(reports.c.post_id == post_id, _OPEN, _OF_POST, same)
    return [_report(row) for row in tx.run(statement.order_by(reports.c.created, reports.c.id)).mappings()]


def decided_about(tx: Transaction, post_id: str, limit: int) -> list[Report]:
    """The reports about a post that were decided on, the newest first."""
    statement = select(reports).where(reports.c.post_id == post_id, ~_OPEN, _OF_POST)
    order = (reports.c.decided.desc(), reports.c.id)
    return [_report(row) for row in tx.run(statement.order_by(*order).limit(limit)).mappings()]


def of_resident(
    tx: Transaction, resident_id: str, before: tuple[datetime, str] | None, limit: int
) -> list[Report]:
    """What somebody reported, the newest first."""
    statement = select(reports).where(reports.c.resident == resident_id, _earlier(before))
    order = (reports.c.created.desc(), reports.c.id.desc())
    return [_report(row) for row in tx.run(statement.order_by(*order).limit(limit)).mappings()]


def since(tx: Transaction, resident_id: str, moment: datetime) -> int:
    """How many reports somebody made since then."""
    return _count(tx, reports.c.resident == resident_id, reports.c.created > moment)


def of_origin(tx: Transaction, origin: str, moment: datetime) -> tuple[int, int]:
    """How many reports another node has open here, and how many it sent since then."""
    theirs = and_(reports.c.resident.is_(None), reports.c.uri.startswith(f"{origin}/", autoescape=True))
    return _count(tx, theirs, _OPEN), _count(tx, theirs, reports.c.created > moment)


def open_of_strangers(tx: Transaction) -> int:
    """How many reports are open that came from nodes we do not know."""
    return _count(tx, reports.c.resident.is_(None), reports.c.node_id.is_(None), _OPEN)


def last_ok(tx: Transaction, post_id: str) -> datetime | None:
    """When a supervisor last said that a reported post may stay."""
    said = and_(reports.c.post_id == post_id, reports.c.state == ReportState.DISMISSED, _OF_POST)
    return tx.run(select(reports.c.decided).where(said).order_by(reports.c.decided.desc()).limit(1)).scalar()


def about_what_is_gone(tx: Transaction, limit: int = 200) -> list[str]:
    """The ids of posts that were taken back or erased while a report about them was open."""
    joined = reports.join(posts, reports.c.post_id == posts.c.id)
    statement = select(posts.c.id).select_from(joined).where(_OPEN, _OF_POST, ~_THERE).distinct()
    return list(tx.run(statement.order_by(posts.c.id).limit(limit)).scalars())


# The queue


def queue(tx: Transaction, who: str, before: tuple[datetime, str] | None, limit: int) -> list[Waiting]:
    """What waits for this supervisor, the newest first: reported posts, and our own that are out of sight.

    Their own posts are not among them: they may not read who says what about those, nor decide.
    """
    where = and_(_in_queue(who), _newest_first(before))
    return _waiting(tx, where, (_since().desc(), posts.c.id.desc()), 0, limit)


def oldest(tx: Transaction, who: str, start: int, limit: int) -> list[Waiting]:
    """The same, with what waits longest first, after so many."""
    return _waiting(tx, _in_queue(who), (_since(), posts.c.id), start, limit)


def length(tx: Transaction, who: str) -> int:
    """How many things wait for this supervisor."""
    statement = select(func.count()).select_from(_joined()).where(_in_queue(who))
    return int(tx.run(statement).scalar_one())


def about(tx: Transaction, post: Post) -> Waiting:
    """One post, with what is open about it here."""
    found = [one for one in open_about(tx, post.id) if not one.sent_on]
    return Waiting(post, found, found[0].created if found else post.updated)


def hidden_here(tx: Transaction, limit: int, before: tuple[datetime, str] | None = None) -> list[Post]:
    """Copies that our supervisor does not show here, the newest first; those with an open report wait
    above."""
    statement = select(posts.c.id).select_from(_joined())
    away = and_(posts.c.node_id.is_not(None), _AWAY, _THERE, _opened.c.first.is_(None))
    order = (posts.c.updated.desc(), posts.c.id.desc())
    ids = list(tx.run(statement.where(away, _newest_first(before)).order_by(*order).limit(limit)).scalars())
    found = kept.known(tx, set(ids))
    return [found[key] for key in ids]


_opened = (
    select(reports.c.post_id, func.min(reports.c.created).label("first"))
    .where(_WAITS)
    .group_by(reports.c.post_id)
    .subquery("opened")
)


def _joined() -> Any:
    return posts.outerjoin(_opened, _opened.c.post_id == posts.c.id)


def _since() -> ColumnElement[datetime]:
    return func.coalesce(_opened.c.first, posts.c.updated, type_=posts.c.updated.type)


def _in_queue(who: str) -> ColumnElement[bool]:
    own = and_(posts.c.node_id.is_(None), _AWAY)
    of_others = or_(posts.c.author.is_(None), posts.c.author != who)
    return and_(_THERE, of_others, or_(_opened.c.first.is_not(None), own))


def _newest_first(before: tuple[datetime, str] | None) -> ColumnElement[bool]:
    if before is None:
        return true()
    moment, key = before
    return or_(_since() < moment, and_(_since() == moment, posts.c.id < key))


def _waiting(
    tx: Transaction, where: ColumnElement[bool], order: Collection[Any], start: int, limit: int
) -> list[Waiting]:
    columns = select(posts.c.id, _since()).select_from(_joined()).where(where)
    rows = tx.run(columns.order_by(*order).offset(start).limit(limit)).all()
    found = kept.known(tx, {row[0] for row in rows})
    said = _open_of(tx, [row[0] for row in rows])
    return [Waiting(found[key], said.get(key, []), moment) for key, moment in rows]


def _open_of(tx: Transaction, post_ids: list[str]) -> dict[str, list[Report]]:
    statement = select(reports).where(reports.c.post_id.in_(post_ids), _WAITS)
    found: dict[str, list[Report]] = {}
    for row in tx.run(statement.order_by(reports.c.created, reports.c.id)).mappings():
        found.setdefault(row["post_id"], []).append(_report(row))
    return found


def _earlier(before: tuple[datetime, str] | None) -> ColumnElement[bool]:
    if before is None:
        return true()
    moment, key = before
    same = and_(reports.c.created == moment, reports.c.id < key)
    return or_(reports.c.created < moment, same)


def _count(tx: Transaction, *where: ColumnElement[bool]) -> int:
    return int(tx.run(select(func.count()).select_from(reports).where(*where)).scalar_one())


def _report(row: RowMapping) -> Report:
    return Report(**row)
