"""Forgetting: what was sent and is settled, and what people wrote longer ago than it is needed.

Done a batch at a time, so that nobody has to wait for it; each returns how many rows it touched.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, Select, Table, and_, exists, func, or_, select

from node.neighbourhood.activity import Happening
from node.neighbourhood.match import MatchState
from node.neighbourhood.node import Follow
from node.neighbourhood.post import State
from node.neighbourhood.reply import ReplyState
from node.neighbourhood.response import ResponseState
from node.storage import drafts, outbox
from node.storage import posts as kept_posts
from node.storage.database import Transaction
from node.storage.tables import (
    accounts,
    activities,
    applause,
    deliveries,
    invites,
    keys,
    log,
    matches,
    messages,
    nodes,
    posts,
    replies,
    reports,
    responses,
    thanks,
    timers,
)

BATCH = 500
SETTLED = ("done", "dropped", "given_up")
DELIVERIES_KEPT = timedelta(days=30)
ACTIVITIES_KEPT = timedelta(days=60)
ANSWERS_KEPT = timedelta(days=90)  # an Offer that is repeated gets the same answer (`wire.md` 6)
PASSED_ON_KEPT = timedelta(days=14)  # as a hub (`wire.md` 5)
DELETES_PASSED_ON_KEPT = timedelta(days=30)
WORDS_KEPT = timedelta(days=90)  # after a post ended
MESSAGES_KEPT = timedelta(days=180)
TIMERS_KEPT = timedelta(days=60)

_LIVE = (ResponseState.PENDING, ResponseState.ACCEPTED)


def clean(tx: Transaction, at: datetime) -> int:
    """Forget a batch of everything whose time is over; 0 when nothing is left."""
    return (
        _deliveries(tx, at)
        + _activities(tx, at)
        + _words(tx, at)
        + _answers(tx, at)
        + _messages(tx, at)
        + _invites(tx, at)
        + _timers(tx, at)
        + _replies(tx, at)
        + _accounts(tx, at)
        + drafts.forget(tx, at, BATCH)
    )


def _passed_on(at: datetime) -> ColumnElement[bool]:
    """What we passed on as a hub, long enough ago."""
    deleted = and_(activities.c.type == "Delete", activities.c.created < at - DELETES_PASSED_ON_KEPT)
    other = and_(activities.c.type != "Delete", activities.c.created < at - PASSED_ON_KEPT)
    return and_(activities.c.node_id.is_not(None), or_(deleted, other))


def _deliveries(tx: Transaction, at: datetime) -> int:
    """What arrived, or will not be sent any more; what waits or was laid aside for the operator stays."""
    passed_on = select(activities.c.id).where(_passed_on(at))
    old = or_(deliveries.c.created < at - DELIVERIES_KEPT, deliveries.c.activity_id.in_(passed_on))
    return _drop(tx, deliveries, select(deliveries.c.id).where(deliveries.c.state.in_(SETTLED), old))


def _activities(tx: Transaction, at: datetime) -> int:
    """Messages that nothing refers to any more."""
    old = and_(
        activities.c.node_id.is_(None),
        activities.c.created < at - ACTIVITIES_KEPT,
        activities.c.type != "Follow",  # undone by its id, however late
        or_(activities.c.type.not_in(["Accept", "Reject"]), activities.c.created < at - ANSWERS_KEPT),
    )
    sending = exists().where(deliveries.c.activity_id == activities.c.id)
    named = exists().where(nodes.c.membership_uri == activities.c.uri)
    uris = or_(responses.c.uri == activities.c.uri, responses.c.uri == activities.c.object)
    live = exists().where(uris, responses.c.state.in_(_LIVE), responses.c.name != "")
    asked = exists().where(reports.c.uri == activities.c.uri, reports.c.decided.is_(None))
    kept_post = and_(posts.c.node_id.is_(None), posts.c.title != "", posts.c.state != State.WITHDRAWN)
    first = and_(
        activities.c.type == "Create", exists().where(posts.c.uri == activities.c.post_uri, kept_post)
    )
    gone = or_(_passed_on(at), and_(old, ~named, ~live, ~asked, ~first))
    return _drop(tx, activities, select(activities.c.id).where(gone, ~sending))


def _words(tx: Transaction, at: datetime) -> int:
    """Of a post of ours that ended, only what it was about remains: kind, category, state and dates. Nobody
    finds it any more, and nothing tells whose it was."""
    ended = and_(posts.c.node_id.is_(None), posts.c.title != "", posts.c.ended < at - WORDS_KEPT)
    runs = exists().where(matches.c.post_id == posts.c.id, matches.c.state == MatchState.AGREED)
    asked = exists().where(reports.c.post_id == posts.c.id, reports.c.decided.is_(None))
    statement = select(posts.c.id, posts.c.uri).where(ended, ~runs, ~asked).order_by(posts.c.ended)
    found = tx.run(statement.limit(BATCH).with_for_update(skip_locked=True)).all()
    bare = {
        "title": "",
        "text": "",
        "folded": "",
        "place": "",
        "author_name": "",
        "author": None,
        "hidden": True,
        "photos": 0,
    }
    _reported(tx, reports.c.post_id.in_([row[0] for row in found]))
    tx.run(applause.delete().where(applause.c.post_id.in_([row[0] for row in found])))
    for post_id, uri in found:
        outbox.erase_words(tx, uri)
        tx.run(log.update().where(log.c.subject == post_id).values(who=None, why=None))
        nobody_knows = tx.home.uri("o", uuid4().hex)
        kept_posts.overwrite(tx, post_id, {**bare, "uri": nobody_knows})
    return len(found)


def _answers(tx: Transaction, at: datetime) -> int:
    """What was answered to a post whose words are gone, here or elsewhere: only that it was remains."""
    erased = exists().where(posts.c.id == responses.c.post_id, posts.c.title == "")
    runs = exists().where(matches.c.response_id == responses.c.id, matches.c.state == MatchState.AGREED)
    said = or_(responses.c.text != "", responses.c.name != "", responses.c.resident.is_not(None))
    decided = func.coalesce(responses.c.decided, responses.c.created)  # about some nobody ever decides
    old = and_(responses.c.created < at - WORDS_KEPT, decided < at - WORDS_KEPT)
    statement = select(responses.c.id).where(said, old, erased, ~runs).order_by(responses.c.id).limit(BATCH)
    found = tx.run(statement).scalars().all()
    chosen = responses.c.id.in_(found)
    tx.run(responses.update().where(chosen).values(text="", when="", name="", resident=None, account_id=None))
    _taken_away(tx, found)
    _reported(tx, reports.c.response_id.in_(found))
    return len(found)


def _messages(tx: Transaction, at: datetime) -> int:
    """What two people wrote to each other half a year ago."""
    old = select(messages.c.id).where(messages.c.created < at - MESSAGES_KEPT)
    found = tx.run(old.order_by(messages.c.id).limit(BATCH)).scalars().all()
    _taken_away(tx, found)
    _reported(tx, reports.c.message_id.in_(found))
    tx.run(thanks.delete().where(thanks.c.message_id.in_(found)))
    tx.run(messages.delete().where(messages.c.id.in_(found)))
    return len(found)


def _taken_away(tx: Transaction, said: Sequence[str]) -> None:
    """Who took these answers or messages away, and why."""
    hidden = and_(log.c.subject.in_(said), log.c.what == Happening.HIDDEN)
    tx.run(log.update().where(hidden).values(who=None, why=None))


def _reported(tx: Transaction, about: ColumnElement[bool]) -> None:
    """What was written in reports that are decided on, and about them, by whom and why."""
    decided = and_(about, reports.c.decided.is_not(None))
    which = log.c.subject.in_(select(reports.c.id).where(decided))
    tx.run(log.update().where(which).values(who=None, why=None))
    tx.run(reports.update().where(decided).values(text="", outcome=""))


def _invites(tx: Transaction, at: datetime) -> int:
    """Who was asked to help with what, and what they said."""
    return _drop(tx, invites, select(invites.c.id).where(invites.c.decided < at - WORDS_KEPT))


def _replies(tx: Transaction, at: datetime) -> int:
    """What accounts elsewhere wrote, as long after it as the words of a post stay after its end."""
    over = exists().where(posts.c.id == replies.c.post_id, posts.c.title == "")
    old = or_(over, and_(replies.c.state != ReplyState.LET_IN, replies.c.created < at - WORDS_KEPT))
    about_none = and_(replies.c.post_id.is_(None), replies.c.created < at - WORDS_KEPT)
    where = and_(replies.c.text != "", or_(old, about_none))
    found = tx.run(select(replies.c.id).where(where).limit(BATCH).with_for_update(skip_locked=True)).scalars()
    gone = list(found)
    waits = and_(replies.c.id.in_(gone), replies.c.state == ReplyState.WAITING)
    tx.run(replies.update().where(waits).values(state=ReplyState.TURNED_AWAY, decided=at))
    tx.run(replies.update().where(replies.c.id.in_(gone)).values(text=""))
    return len(gone)


def _accounts(tx: Transaction, at: datetime) -> int:
    """Accounts elsewhere that have nothing to do with us any more, and their keys."""
    idle = and_(accounts.c.their_follow == Follow.NONE, accounts.c.met < at - WORDS_KEPT)
    said = exists().where(replies.c.account_id == accounts.c.id, replies.c.text != "")
    answered = exists().where(responses.c.account_id == accounts.c.id)
    which = select(accounts.c.id, accounts.c.actor).where(idle, ~said, ~answered).limit(BATCH)
    found = tx.run(which.with_for_update(skip_locked=True)).all()
    gone = [row[0] for row in found]
    tx.run(replies.delete().where(replies.c.account_id.in_(gone)))
    tx.run(keys.delete().where(keys.c.owner.in_([row[1] for row in found])))
    tx.run(accounts.delete().where(accounts.c.id.in_(gone)))
    return len(gone)


def _timers(tx: Transaction, at: datetime) -> int:
    """What went off about a thing that is no post: a helper was asked whether it worked out."""
    no_post = ~exists().where(posts.c.id == timers.c.subject)
    old = and_(timers.c.due.is_(None), timers.c.at < at - TIMERS_KEPT)
    return _drop(tx, timers, select(timers.c.id).where(old, no_post))


def _drop(tx: Transaction, table: Table, rows: Select[tuple[object]]) -> int:
    """Delete at most a batch of these rows."""
    found = tx.run(rows.order_by(table.c.id).limit(BATCH)).scalars().all()
    tx.run(table.delete().where(table.c.id.in_(found)))
    return len(found)
