"""Timers as they are kept: a row for each thing that is to happen to a post.

`due` is when, and empty once it did; then `at` is the moment it was for, so that the same is never done
twice. Before that `at` is when the row was set. Rows of the node itself (what was told to whom, and when)
stand beside those of posts, and are never due.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, select

from node.neighbourhood.match import MatchState
from node.neighbourhood.post import ANSWERABLE, Kind, Post, State
from node.neighbourhood.response import ResponseState
from node.neighbourhood.timers import REMINDERS, What
from node.storage import posts as kept_posts
from node.storage.database import Transaction
from node.storage.tables import matches, posts, responses, timers

TOMORROW = "tomorrow"  # who comes to an event was reminded of it


@dataclass(frozen=True)
class Helping:
    """One of our people helps, or uses something, at another node. `since`: when that was to be, or was
    agreed."""

    match_id: str
    resident: str
    post_id: str
    since: datetime


_LIVING = posts.c.state.in_([*ANSWERABLE, State.PAUSED, State.AGREED])
_OF_POSTS = timers.c.what.in_([what.value for what in What])


def put(tx: Transaction, subject: str, wanted: Mapping[What, datetime], at: datetime) -> None:
    """Set the timers of a post as they are to be now. What was there for the same moment stays as it is, also
    when it happened already; a reminder that would come too late counts as given."""
    there = {row.what: row for row in tx.run(select(timers).where(timers.c.subject == subject, _OF_POSTS))}
    for what, row in there.items():
        if What(what) not in wanted:
            tx.run(timers.delete().where(timers.c.id == row.id))
    new = []
    for what, moment in wanted.items():
        before = there.get(what)
        late = what in REMINDERS and moment <= at
        values = {"at": moment, "due": None} if late else {"at": at, "due": moment}
        if before is None:
            new.append({"what": what.value, "subject": subject, **values})
        elif moment != (before.at if before.due is None else before.due):
            tx.run(timers.update().where(timers.c.id == before.id).values(**values))
    if new:
        tx.run(timers.insert(), new)


def claim(tx: Transaction, at: datetime, limit: int = 100) -> list[Post]:
    """Posts with something due, the longest waiting first; locked, and without those another worker has in
    hand."""
    joined = timers.join(posts, timers.c.subject == posts.c.id)
    waiting = select(timers.c.subject).select_from(joined).where(timers.c.due <= at)
    found = tx.run(waiting.order_by(timers.c.due, timers.c.id).limit(limit)).scalars().all()
    return kept_posts.claim(tx, list(dict.fromkeys(found)))


def due_of(tx: Transaction, post_id: str, at: datetime) -> dict[What, datetime]:
    """What is due now for one post."""
    statement = select(timers.c.what, timers.c.due).where(timers.c.subject == post_id, timers.c.due <= at)
    return {What(row.what): row.due for row in tx.run(statement.where(_OF_POSTS))}


def done(tx: Transaction, post_id: str, what: What, moment: datetime) -> None:
    """It happened, for this moment."""
    row = and_(timers.c.subject == post_id, timers.c.what == what.value)
    tx.run(timers.update().where(row).values(at=moment, due=None))


def put_off(tx: Transaction, post_id: str, what: What, until: datetime) -> None:
    """Not now, but then."""
    row = and_(timers.c.subject == post_id, timers.c.what == what.value)
    tx.run(timers.update().where(row).values(due=until))


def once(tx: Transaction, subject: str, what: str, moment: datetime) -> bool:
    """Whether this is the first time that something is done for this moment; whoever asks again hears no."""
    if tx.add_new(timers, subject=subject, what=what, at=moment, due=None):
        return True
    other = and_(timers.c.subject == subject, timers.c.what == what, timers.c.at != moment)
    return tx.run(timers.update().where(other).values(at=moment)).rowcount == 1


def last(tx: Transaction, subject: str, what: str) -> datetime | None:
    """When something was last done."""
    return tx.run(select(timers.c.at).where(timers.c.subject == subject, timers.c.what == what)).scalar()


def again(tx: Transaction, subject: str, what: str, at: datetime, since: datetime) -> bool:
    """Whether it is time to do something anew: it was not done after `since`. Nobody else does it then."""
    if tx.add_new(timers, subject=subject, what=what, at=at, due=None):
        return True
    before = and_(timers.c.subject == subject, timers.c.what == what, timers.c.at <= since)
    return tx.run(timers.update().where(before).values(at=at)).rowcount == 1


def without(tx: Transaction, limit: int = 200) -> list[Post]:
    """Our own living posts that have no timer at all: of before there were any, or forgotten by an act."""
    timed = exists().where(timers.c.subject == posts.c.id)
    statement = select(posts.c.id).where(posts.c.node_id.is_(None), _LIVING, ~timed).limit(limit)
    return kept_posts.claim(tx, list(tx.run(statement).scalars()))


def events_before(tx: Transaction, at: datetime, until: datetime, limit: int = 50) -> list[Post]:
    """Events that begin between now and then, here or elsewhere, to which people of ours come, and of which
    those were not reminded yet."""
    of_it = and_(timers.c.subject == posts.c.id, timers.c.what == TOMORROW)
    said = exists().where(of_it, timers.c.at == posts.c.starts)
    comes = exists().where(
        responses.c.post_id == posts.c.id,
        responses.c.resident.is_not(None),
        responses.c.state == ResponseState.ACCEPTED,
    )
    soon = and_(posts.c.kind == Kind.EVENT, posts.c.starts > at, posts.c.starts <= until)
    shown = and_(posts.c.hidden == False, posts.c.state.in_([*ANSWERABLE, State.AGREED]))
    statement = select(posts.c.id).where(soon, shown, comes, ~said).order_by(posts.c.starts).limit(limit)
    return kept_posts.claim(tx, list(tx.run(statement).scalars()))


def helping_elsewhere(
    tx: Transaction, what: What, after: datetime, until: datetime, limit: int = 100
) -> list[Helping]:
    """Our people with an agreement at another node that runs, made (or agreed for a day) after the one moment
    and until the other, and of whom this was not asked yet."""
    said = exists().where(timers.c.subject == matches.c.id, timers.c.what == what.value)
    joined = matches.join(posts, matches.c.post_id == posts.c.id)
    joined = joined.join(responses, matches.c.response_id == responses.c.id)
    there = and_(posts.c.node_id.is_not(None), posts.c.title != "", responses.c.resident.is_not(None))
    since = func.coalesce(matches.c.agreed_for, matches.c.created)
    runs = and_(matches.c.state == MatchState.AGREED, since > after, since <= until)
    columns = (matches.c.id, responses.c.resident, matches.c.post_id, since)
    found = select(*columns).select_from(joined).where(there, runs, ~said)
    return [Helping(*row) for row in tx.run(found.order_by(since).limit(limit))]
