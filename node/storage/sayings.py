"""What somebody said, and what was reported about it: answers to posts, and messages in conversations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_, select, true
from sqlalchemy.engine import RowMapping

from node.neighbourhood.post import Kind, State
from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.report import Report, ReportState
from node.neighbourhood.response import ResponseState
from node.neighbourhood.saying import Saying
from node.neighbourhood.thread import Side
from node.storage import posts as kept_posts
from node.storage import responses as kept_responses
from node.storage import threads
from node.storage.database import Transaction
from node.storage.tables import messages, posts, reports, responses

_OPEN = and_(reports.c.state == ReportState.OPEN, reports.c.response_id.is_not(None))
_SUBJECT = func.coalesce(reports.c.message_id, reports.c.response_id)
_AUTHOR = case((messages.c.side == Side.POSTER, posts.c.author), else_=responses.c.resident)
_STANDS = or_(
    posts.c.kind != Kind.NOTICE,
    and_(responses.c.state == ResponseState.ACCEPTED, posts.c.title != "", posts.c.state != State.WITHDRAWN),
)
_THERE = case(  # `Saying.there`; a message that was forgotten is not
    (reports.c.message_id.is_(None), and_(responses.c.text != "", _STANDS)),
    (messages.c.id.is_(None), false()),
    else_=messages.c.text != "",
)


@dataclass(frozen=True)
class Waiting:
    """Something said that waits for a supervisor, with its open reports, the oldest first."""

    saying: Saying
    reports: list[Report]

    @property
    def id(self) -> str:
        """That of the oldest report: a supervisor decides about it by this."""
        return self.reports[0].id

    @property
    def since(self) -> datetime:
        return self.reports[0].created


def answer(tx: Transaction, response_id: str, *, lock: bool = False) -> Saying:
    """What somebody answered; with `lock` the post first, then its answer. Raises NotFound."""
    post = kept_posts.get(tx, kept_responses.get(tx, response_id).post_id, lock=lock)
    return Saying(post, kept_responses.get(tx, response_id, lock=lock))


def message(tx: Transaction, message_id: str, *, lock: bool = False) -> Saying:
    """What one of the two wrote in a conversation. Raises NotFound."""
    around = answer(tx, threads.get(tx, message_id).response_id, lock=lock)
    return Saying(around.post, around.response, threads.get(tx, message_id))


def by_uri(tx: Transaction, uri: str) -> Saying | None:
    """What was said under this ActivityPub id, locked."""
    if (found := kept_responses.by_uri(tx, uri)) is not None:
        return answer(tx, found.id, lock=True)
    said = threads.by_uri(tx, uri)
    return message(tx, said.id, lock=True) if said is not None else None


def of_report(tx: Transaction, report: Report, *, lock: bool = False) -> Saying:
    """What a report is about. Raises NotFound for one about a post, and when it is forgotten."""
    if report.message_id is not None:
        return message(tx, report.message_id, lock=lock)
    if report.response_id is None:
        raise NotFound(phrase("This is not here, or no longer."))
    return answer(tx, report.response_id, lock=lock)


def open_about(tx: Transaction, saying: Saying) -> list[Report]:
    """The reports about it that wait for a decision, the oldest first."""
    about: ColumnElement[bool] = reports.c.message_id.is_(None)
    if saying.message is not None:
        about = reports.c.message_id == saying.message.id
    statement = select(reports).where(_OPEN, reports.c.response_id == saying.response.id, about)
    return [_report(row) for row in tx.run(statement.order_by(reports.c.created, reports.c.id)).mappings()]


def open_report(tx: Transaction, report_id: str) -> Report:
    """A report about something said that waits for a decision. Raises NotFound for any other."""
    row = tx.run(select(reports).where(_OPEN, reports.c.id == report_id)).mappings().first()
    if row is None:
        raise NotFound(phrase("This is not here, or no longer."))
    return _report(row)


def reported_by(tx: Transaction, resident_id: str) -> frozenset[str]:
    """The ids of the answers and messages that somebody reported, about which nobody decided yet: they are
    out of that person's sight until then."""
    theirs = select(_SUBJECT).where(_OPEN, reports.c.resident == resident_id)
    return frozenset(tx.run(theirs).scalars())


def about_what_is_gone(tx: Transaction, limit: int = 200) -> list[Report]:
    """The open reports about what was taken back, hidden or forgotten since."""
    statement = select(reports).select_from(_joined()).where(_OPEN, not_(_THERE))
    return [_report(row) for row in tx.run(statement.order_by(reports.c.id).limit(limit)).mappings()]


# The queue


def queue(tx: Transaction, who: str, before: tuple[datetime, str] | None, limit: int) -> list[Waiting]:
    """What was said and waits for this supervisor, the newest report first; not what they said
    themselves."""
    found = _waiting(who)
    first, key = found.c.first, found.c.key
    earlier: ColumnElement[bool] = true()
    if before is not None:
        earlier = or_(first < before[0], and_(first == before[0], key < before[1]))
    return _all(tx, select(found).where(earlier).order_by(first.desc(), key.desc()).limit(limit))


def oldest(tx: Transaction, who: str, start: int, limit: int) -> list[Waiting]:
    """The same, with what waits longest first, after so many."""
    found = _waiting(who)
    return _all(tx, select(found).order_by(found.c.first, found.c.key).offset(start).limit(limit))


def length(tx: Transaction, who: str) -> int:
    """How many things that were said wait for this supervisor."""
    return int(tx.run(select(func.count()).select_from(_waiting(who))).scalar_one())


def _waiting(who: str) -> Any:
    """One row for each thing said: since when it waits, and what it is."""
    of_others = _AUTHOR.is_distinct_from(who)
    columns = (reports.c.response_id, reports.c.message_id)
    since = func.min(reports.c.created).label("first")
    statement = select(*columns, _SUBJECT.label("key"), since).select_from(_joined())
    return statement.where(_OPEN, _THERE, of_others).group_by(*columns).subquery()


def _joined() -> Any:
    joined = reports.join(responses, reports.c.response_id == responses.c.id)
    joined = joined.join(posts, responses.c.post_id == posts.c.id)
    return joined.outerjoin(messages, reports.c.message_id == messages.c.id)


def _all(tx: Transaction, statement: Any) -> list[Waiting]:
    """Each with what it is about; how many there are makes no more questions to the database."""
    keys = [(row["response_id"], row["message_id"]) for row in tx.run(statement).mappings()]
    answers = kept_responses.known(tx, {key for key, _ in keys})
    around = kept_posts.known(tx, {one.post_id for one in answers.values()})
    said = threads.known(tx, {key for _, key in keys if key is not None})
    waiting = _open_of(tx, set(answers))
    return [
        Waiting(Saying(around[answers[key].post_id], answers[key], said.get(also)), waiting[key, also])
        for key, also in keys
    ]


def _open_of(tx: Transaction, response_ids: set[str]) -> dict[tuple[str, str | None], list[Report]]:
    """The open reports about these answers and what was written on them, the oldest first."""
    statement = select(reports).where(_OPEN, reports.c.response_id.in_(response_ids))
    found: dict[tuple[str, str | None], list[Report]] = {}
    for row in tx.run(statement.order_by(reports.c.created, reports.c.id)).mappings():
        found.setdefault((row["response_id"], row["message_id"]), []).append(_report(row))
    return found


def _report(row: RowMapping) -> Report:
    return Report(**row)
