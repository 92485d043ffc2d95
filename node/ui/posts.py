"""The whole lists: what is asked and what is offered, here and next door, newest first."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.post import Kind, Post
from node.storage import posts
from node.storage.database import Transaction
from node.ui.cards import Card, cards, neighbours
from node.ui.door import Ui, Visitor

SHOWN = 20
PLACES = {"here": True, "near": False}
PATHS = {Kind.REQUEST: "/requests", Kind.OFFER: "/offers"}
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Wanted:
    """Which posts are asked for: of one kind; here, next door or both; with or without what is over; after
    which."""

    kind: Kind
    where: str = ""
    over: bool = False
    before: tuple[datetime, str] | None = None

    def url(self, where: str | None = None, over: bool | None = None, before: Post | None = None) -> str:
        """The address of this list, or of one that differs."""
        query = {
            "where": self.where if where is None else where,
            "show": "all" if (self.over if over is None else over) else "",
            "before": _mark(before) if before else "",
        }
        words = urlencode({name: value for name, value in query.items() if value})
        return PATHS[self.kind] + (f"?{words}" if words else "")


@dataclass(frozen=True)
class Listing:
    cards: list[Card]
    neighbours: list[str]
    more: Post | None  # the last one shown, when there are older ones


async def requests(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /requests. Everybody may; strangers see what is public."""
    return await _page(ui, request, who, Kind.REQUEST)


async def offers(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /offers. Everybody may; strangers see what is public."""
    return await _page(ui, request, who, Kind.OFFER)


async def _page(ui: Ui, request: Request, who: Visitor, kind: Kind) -> Response:
    wanted = _wanted(kind, request.query_params)
    listing = await ui.database.reading(look, who, wanted)
    return ui.page(request, who, "posts.html", wanted=wanted, listing=listing)


def look(tx: Transaction, who: Visitor, wanted: Wanted) -> Listing:
    found = posts.listing(
        tx,
        who.person,
        posts.Filter(
            kind=wanted.kind,
            own=PLACES.get(wanted.where),
            answerable=not wanted.over,
            before=wanted.before,
            limit=SHOWN + 1,
        ),
        who.at,
    )
    shown = found[:SHOWN]
    return Listing(
        cards=cards(tx, who.person, shown, who.at),
        neighbours=neighbours(tx),
        more=shown[-1] if len(found) > SHOWN else None,
    )


def _wanted(kind: Kind, query: QueryParams) -> Wanted:
    """What an address asks for; what it does not understand is left out."""
    where = query.get("where", "")
    return Wanted(
        kind, where if where in PLACES else "", query.get("show") == "all", _after(query.get("before", ""))
    )


def _mark(post: Post) -> str:
    """The place of a post in the order of a list, for the address of what comes after it."""
    return f"{(post.created - _BEGINNING) // timedelta(milliseconds=1)}-{post.id}"


def _after(mark: str) -> tuple[datetime, str] | None:
    found = re.fullmatch(r"(\d{1,14})-([0-9a-f]{1,40})", mark)
    return (_BEGINNING + timedelta(milliseconds=int(found[1])), found[2]) if found else None
