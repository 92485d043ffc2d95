"""What the broker's board needs to know of our own posts, in a few questions however many there are."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, and_, func, or_, select

from node.neighbourhood.activity import Happening
from node.neighbourhood.board import Standing
from node.neighbourhood.invite import InviteState
from node.neighbourhood.match import MatchState
from node.neighbourhood.post import ANSWERABLE, Kind, Post, State
from node.neighbourhood.response import ResponseState
from node.storage import posts as kept
from node.storage.database import Transaction
from node.storage.tables import invites, log, matches, posts, responses

MOST = 1000
_TO_BE = func.coalesce(matches.c.agreed_for, matches.c.created)  # when it was to be, or was agreed
Counted = dict[str, tuple[int, datetime]]


def found(tx: Transaction, at: datetime, aftercare: timedelta) -> list[tuple[Post, Standing]]:
    """Our own requests and offers that run or were done lately, and how each stands; at most a thousand, the
    oldest first."""
    running = posts.c.state.in_([*ANSWERABLE, State.AGREED])
    lately = and_(posts.c.state.in_([State.DONE, State.THANKED]), posts.c.ended > at - aftercare)
    own = and_(posts.c.node_id.is_(None), posts.c.kind.in_([Kind.REQUEST, Kind.OFFER]))
    ids = select(posts.c.id).where(own, or_(running, lately)).order_by(posts.c.created).limit(MOST)
    return of(tx, kept.known(tx, set(tx.run(ids).scalars())).values())


def of(tx: Transaction, some: Iterable[Post]) -> list[tuple[Post, Standing]]:
    """How these posts of ours stand."""
    by_id = {post.id: post for post in some}
    ids = list(by_id)
    answers = _oldest(tx, responses.c, ids, responses.c.state == ResponseState.PENDING)
    asked = _oldest(tx, invites.c, ids, invites.c.state == InviteState.PENDING)
    agreed = _oldest(tx, matches.c, ids, matches.c.state == MatchState.AGREED, _TO_BE)
    turned = _turned(tx, ids)
    return [
        (post, Standing(*_told(answers, key), *_told(asked, key), *_told(agreed, key), turned.get(key)))
        for key, post in by_id.items()
    ]


def _oldest(tx: Transaction, of: Any, ids: list[str], which: Any, since: Any = None) -> Counted:
    """How many of one sort a post has, and since when it has the oldest."""
    oldest = func.min(of.created if since is None else since)
    counted = select(of.post_id, func.count(), oldest).where(of.post_id.in_(ids), which)
    return {row[0]: (row[1], row[2]) for row in tx.run(counted.group_by(of.post_id))}


def _told(counted: Counted, key: str) -> tuple[int, datetime | None]:
    return counted.get(key, (0, None))


def _turned(tx: Transaction, ids: list[str]) -> dict[str, datetime]:
    """When each post last began to wait anew: a helper fell away, or it was opened again."""
    fell = _last(tx, responses.c.post_id, responses.c.decided, responses.c.post_id.in_(ids))
    opened = and_(log.c.subject.in_(ids), log.c.what == Happening.REOPENED)
    again = _last(tx, log.c.subject, log.c.at, opened)
    return {
        key: max(moment for moment in (fell.get(key), again.get(key)) if moment) for key in {*fell, *again}
    }


def _last(tx: Transaction, key: Column[Any], moment: Column[Any], which: Any) -> dict[str, datetime]:
    latest = select(key, func.max(moment)).where(which, moment.is_not(None)).group_by(key)
    return {row[0]: row[1] for row in tx.run(latest)}
