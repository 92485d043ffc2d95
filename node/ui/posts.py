"""The whole lists: what is asked, offered, told and going on: here, then next door, then further; in each the
newest first."""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.following import Ring
from node.neighbourhood.post import Kind, Post
from node.storage import follows, posts
from node.storage.database import Transaction
from node.ui.cards import Card, cards
from node.ui.door import Handling, Ui, Visitor
from node.ui.kinds import PATHS
from node.ui.marks import after, mark
from node.ui.reach import Reach, reach

SHOWN = 20
RINGS = ("here", "near", "far")  # the order of a list of everything
WHERE = {"here": Ring.HERE, "near": Ring.NEXT_DOOR, "town": Ring.TOWN}
_KINDS = {paths.all: kind for kind, paths in PATHS.items()}


@dataclass(frozen=True)
class Wanted:
    """Which posts are asked for: of one kind; here, next door, in town or all; with or without what is over;
    after which, and in which ring of them all that one stood."""

    kind: Kind
    where: str = ""
    over: bool = False
    before: tuple[datetime, str] | None = None
    ring: str = RINGS[0]

    @property
    def ringed(self) -> bool:
        """Whether this is a list of everything, ring by ring; what is going to happen goes by its day."""
        return not (self.where or self.coming)

    @property
    def coming(self) -> bool:
        """Whether this is the list of what is going to happen: the soonest first."""
        return self.kind is Kind.EVENT and not self.over

    def url(
        self, where: str | None = None, over: bool | None = None, before: Post | None = None, ring: str = ""
    ) -> str:
        """The address of this list, or of one that differs."""
        query = {
            "where": self.where if where is None else where,
            "show": "all" if (self.over if over is None else over) else "",
            "ring": ring if before and self.ringed and ring != RINGS[0] else "",
            "before": mark(before, soonest=self.coming) if before else "",
        }
        words = urlencode({name: value for name, value in query.items() if value})
        return PATHS[self.kind].all + (f"?{words}" if words else "")


@dataclass(frozen=True)
class Listing:
    cards: list[Card]
    reach: Reach
    more: Post | None  # the last one shown, when there are more
    ring: str  # in which that stands


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /requests, /offers, /notices, /events. Everybody may; strangers see what is public."""
    wanted = _wanted(_KINDS[request.url.path], request.query_params)
    listing = await ui.database.reading(look, who, wanted)
    seen_by_many = who.one_of_many and not wanted.over  # what is over holds what one took back oneself
    return ui.page(
        request, who, "posts.html", 200, Handling(may_keep=seen_by_many), wanted=wanted, listing=listing
    )


def look(tx: Transaction, who: Visitor, wanted: Wanted) -> Listing:
    asked = posts.Filter(
        kind=wanted.kind,
        ring=WHERE.get(wanted.where),
        homes=near(tx, who) if wanted.where == "near" else None,
        answerable=not wanted.over and wanted.kind is not Kind.EVENT,
        open_only=wanted.coming,
        starting_from=who.at if wanted.coming else None,
        before=wanted.before,
        limit=SHOWN + 1,
    )
    found = _ring_by_ring(tx, who, asked, wanted.ring) if wanted.ringed else _ring(tx, who, asked, "")
    shown = found[:SHOWN]
    return Listing(
        cards=cards(tx, who.person, [post for post, _ in shown], who.at),
        reach=reach(tx),
        more=shown[-1][0] if len(found) > SHOWN else None,
        ring=shown[-1][1] if shown else "",
    )


def _ring_by_ring(tx: Transaction, who: Visitor, asked: posts.Filter, first: str) -> list[tuple[Post, str]]:
    """The posts from this ring on, each with the name of its ring."""
    found: list[tuple[Post, str]] = []
    for name in RINGS[RINGS.index(first) :]:
        if len(found) < asked.limit:
            before = asked.before if name == first else None
            found += _ring(tx, who, replace(asked, before=before, limit=asked.limit - len(found)), name)
    return found


def _ring(tx: Transaction, who: Visitor, asked: posts.Filter, name: str) -> list[tuple[Post, str]]:
    wanted = replace(asked, ring=WHERE[name]) if name in WHERE else replace(asked, beyond=name == RINGS[-1])
    return [(post, name) for post in posts.listing(tx, who.person, wanted, who.at)]


def near(tx: Transaction, who: Visitor) -> list[str]:
    """The neighbourhoods next door, without those that this person muted."""
    around = follows.districts(tx, who.person)
    return [one.node.id for one in around if one.ring is Ring.NEXT_DOOR and one.shown]


def _wanted(kind: Kind, query: QueryParams) -> Wanted:
    """What an address asks for; what it does not understand is left out."""
    where, ring, before = query.get("where", ""), query.get("ring", ""), after(query.get("before", ""))
    return Wanted(
        kind,
        where if where in WHERE else "",
        query.get("show") == "all",
        before,
        ring if ring in RINGS and before else RINGS[0],
    )
