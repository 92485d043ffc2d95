"""Which posts a list shows: who may see them, and what is asked for, as SQL."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, not_, or_, select

from node.neighbourhood.category import Category
from node.neighbourhood.following import Ring
from node.neighbourhood.post import ANSWERABLE, PRIVATE, Audience, Kind, State, Urgency
from node.neighbourhood.resident import Resident
from node.storage.nodes import ACTIVE, MEMBER
from node.storage.tables import nodes, posts

AGREEING = [kind for kind in Kind if kind.agrees]
_RUNNING = posts.c.ended.is_(None)  # what the index `ix_posts_running` holds


@dataclass(frozen=True)
class Filter:
    """Which posts a list shows, newest first; `before` is the (created, id) of the last one already shown.

    `starting_from`: events alone, those not over by then, soonest first; `before` is then (starts, id).
    """

    kind: Kind | None = None
    own: bool | None = None
    ring: Ring | None = None
    beyond: bool = False  # neither ours nor of those next door
    homes: Collection[str] | None = None  # held for these nodes
    but: Kind | None = None  # every kind, but for this one
    agreeing: bool = False  # only what leads to an agreement: requests and offers
    category: Category | None = None
    urgency: Urgency | None = None
    author: str | None = None
    open_only: bool = False
    answerable: bool = False  # `Post.answerable`: somebody can still say yes
    starting_from: datetime | None = None
    before: tuple[datetime, str] | None = None
    limit: int = 20


def visible_to(who: Resident | None, at: datetime) -> ColumnElement[bool]:
    """`audience.may_see` as SQL."""
    shown = and_(posts.c.hidden == False, posts.c.state.not_in(PRIVATE))
    for_all = and_(shown, or_(posts.c.node_id.is_(None), posts.c.expires > at))
    if who is None:
        return and_(for_all, posts.c.audience == Audience.PUBLIC)
    mine = and_(posts.c.node_id.is_(None), posts.c.author == who.id)
    return or_(mine, for_all if who.admitted else and_(for_all, posts.c.audience == Audience.PUBLIC))


def from_ring(ring: Ring) -> ColumnElement[bool]:
    """How near a post's home is, as SQL: ours, next door, or elsewhere in the municipality (the hub too)."""
    if ring is Ring.HERE:
        return posts.c.node_id.is_(None)
    home = ACTIVE if ring is Ring.NEXT_DOOR else and_(MEMBER, not_(ACTIVE))
    return posts.c.node_id.in_(select(nodes.c.id).where(home))


def whose(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    """From whom."""
    if wanted.own is not None:
        yield posts.c.node_id.is_(None) if wanted.own else posts.c.node_id.is_not(None)
    if wanted.ring is not None:
        yield from_ring(wanted.ring)
    if wanted.beyond:
        yield and_(posts.c.node_id.is_not(None), not_(from_ring(Ring.NEXT_DOOR)))
    if wanted.homes is not None:
        yield posts.c.node_id.in_(wanted.homes)
    if wanted.author is not None:
        yield and_(posts.c.author == wanted.author, posts.c.node_id.is_(None))


def about(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    """Of which kind, and what about."""
    if wanted.kind is not None:
        yield posts.c.kind == wanted.kind
    if wanted.but is not None:
        yield posts.c.kind != wanted.but
    if wanted.agreeing:
        yield posts.c.kind.in_(AGREEING)
    if wanted.category is not None:
        yield posts.c.category == wanted.category
    if wanted.urgency is not None:
        yield posts.c.urgency == wanted.urgency


def running(wanted: Filter, at: datetime) -> Iterator[ColumnElement[bool]]:
    """What can still be done with them, and which come after those already shown."""
    if wanted.open_only:
        yield and_(posts.c.state.in_([*ANSWERABLE, State.AGREED]), _RUNNING, posts.c.expires > at)
    if wanted.answerable:
        yield answerable(at)
    if wanted.starting_from is not None:
        yield and_(posts.c.starts.is_not(None), posts.c.expires > wanted.starting_from)
    if wanted.before is not None:
        yield _further(wanted.before, soonest=wanted.starting_from is not None)


def answerable(at: datetime) -> ColumnElement[bool]:
    """`Post.answerable` as SQL."""
    room = or_(posts.c.places_left > 0, and_(posts.c.places == 0, posts.c.kind.not_in(AGREEING)))
    return and_(posts.c.state.in_(ANSWERABLE), _RUNNING, posts.c.expires > at, room)


def _further(last: tuple[datetime, str], soonest: bool) -> ColumnElement[bool]:
    moment, post_id = last
    if soonest:
        later = and_(posts.c.starts == moment, posts.c.id > post_id)
        return or_(posts.c.starts > moment, later)
    return or_(posts.c.created < moment, and_(posts.c.created == moment, posts.c.id < post_id))
