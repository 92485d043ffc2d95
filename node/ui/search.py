"""Search: what is asked, offered and told, by its words, of one kind or category, near or further away.

One form that works without a script; what somebody looked for is in the address alone, and is written down
nowhere. Everybody finds what they may read, and nothing else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.category import Category
from node.neighbourhood.folding import MOST_TYPED, Word, asked, found
from node.neighbourhood.post import Kind, Post, Urgency
from node.neighbourhood.refusal import phrase
from node.storage import filter as kept
from node.storage.database import Transaction
from node.storage.search import search
from node.ui.cards import Card, cards
from node.ui.door import Ui, Visitor
from node.ui.marks import after, at_mark
from node.ui.posts import WHERE, near
from node.ui.reach import Reach, reach
from node.ui.words import CATEGORIES, URGENCIES

SHOWN = 20
EXCERPT, BEFORE = 160, 50  # letters of the text that are shown, and of them before the first word found
E = TypeVar("E", bound=StrEnum)
Pieces = Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for. What an address says that is not understood is left out."""

    q: str = ""
    kind: Kind | None = None
    category: Category | None = None
    where: str = ""
    urgency: Urgency | None = None
    over: bool = False
    before: tuple[datetime, str] | None = None

    @property
    def words(self) -> tuple[Word, ...]:
        return asked(self.q)

    @property
    def narrowed(self) -> bool:
        """Whether anything but words says what is looked for."""
        return bool(self.kind or self.category or self.where or self.urgency or self.over)

    @property
    def url(self) -> str:
        """The address of the first page of this."""
        query = {
            "q": self.q,
            "kind": self.kind or "",
            "category": self.category or "",
            "where": self.where,
            "urgency": self.urgency or "",
            "show": "all" if self.over else "",
        }
        words = urlencode({name: value for name, value in query.items() if value})
        return "/posts" + (f"?{words}" if words else "")

    @property
    def plain(self) -> str:
        """The address of the words alone."""
        return Wanted(self.q).url

    def further(self, place: tuple[datetime, str]) -> str:
        """The address of the page that begins after this place."""
        return f"{self.url}{'&' if '?' in self.url else '?'}before={at_mark(place)}"

    def wider(self) -> Iterator[tuple[str, "Wanted"]]:
        """The same without one of its bounds, by what it then is."""
        if self.where:
            yield "where", replace(self, where="", before=None)
        if self.category:
            yield "category", replace(self, category=None, before=None)
        if self.kind:
            yield "kind", replace(self, kind=None, urgency=None, before=None)
        if self.urgency:
            yield "urgency", replace(self, urgency=None, before=None)
        if not self.over:
            yield "over", replace(self, over=True, before=None)


@dataclass(frozen=True)
class Hit:
    """One post that was found, with its words in pieces: those that were looked for are told apart."""

    card: Card
    title: Pieces
    text: Pieces


@dataclass(frozen=True)
class Result:
    """`more`: the address of what comes after. `looked`: not everything was looked through, so there may be
    some there. `wider`: what would find something when this does not, by what it leaves out."""

    hits: list[Hit]
    reach: Reach
    more: str
    looked: bool
    wider: dict[str, str]


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /posts. Everybody may; strangers find what is public."""
    wanted = of_address(request.query_params)
    result = await ui.database.reading(look, who, wanted)
    abouts = [("", phrase("Everything")), *((one, CATEGORIES[one].word) for one in Category)]
    moments = [("", phrase("Every moment")), *((one, URGENCIES[one].word) for one in Urgency)]
    values = {"wanted": wanted, "result": result, "abouts": abouts, "moments": moments}
    return ui.page(request, who, "search.html", **values)


def of_address(query: QueryParams) -> Wanted:
    kind = _one(Kind, query.get("kind", ""))
    urgency = _one(Urgency, query.get("urgency", "")) if kind in (None, Kind.REQUEST) else None
    where = query.get("where", "")
    if urgency:  # only who asks says how soon
        kind = Kind.REQUEST
    return Wanted(
        q=_typed(query.get("q", "")),
        kind=kind,
        category=_one(Category, query.get("category", "")),
        where=where if where in WHERE else "",
        urgency=urgency,
        over=query.get("show") == "all",
        before=after(query.get("before", "")),
    )


def _typed(words: str) -> str:
    """On one line, without signs that cannot be shown."""
    plain = "".join(sign if sign.isprintable() else " " for sign in words[: 4 * MOST_TYPED])
    return " ".join(plain.split())[:MOST_TYPED]


def look(tx: Transaction, who: Visitor, wanted: Wanted) -> Result:
    result = search(tx, who.person, _filter(tx, who, wanted, SHOWN + 1), wanted.words, who.at)
    shown = result.posts[:SHOWN]
    end = (shown[-1].created, shown[-1].id) if len(result.posts) > SHOWN else result.further
    return Result(
        hits=list(_hits(tx, who, shown, wanted.words)),
        reach=reach(tx),
        more=wanted.further(end) if end else "",
        looked=result.further is not None,
        wider={} if shown or wanted.before else _wider(tx, who, wanted),
    )


def _filter(tx: Transaction, who: Visitor, wanted: Wanted, limit: int) -> kept.Filter:
    answerable = wanted.kind in (Kind.REQUEST, Kind.OFFER)
    return kept.Filter(
        kind=wanted.kind,
        category=wanted.category,
        urgency=wanted.urgency,
        ring=WHERE.get(wanted.where),
        homes=near(tx, who) if wanted.where == "near" else None,
        answerable=not wanted.over and answerable,
        open_only=not wanted.over and not answerable,
        before=wanted.before,
        limit=limit,
    )


def _wider(tx: Transaction, who: Visitor, wanted: Wanted) -> dict[str, str]:
    """What would find something: nobody is sent from one empty page to another."""

    def finds(other: Wanted) -> bool:
        return bool(search(tx, who.person, _filter(tx, who, other, 1), other.words, who.at).posts)

    found = {name: other.url for name, other in wanted.wider() if finds(other)}
    everywhere = Wanted(wanted.q, over=True)
    return found or ({"all": everywhere.url} if wanted.narrowed and finds(everywhere) else {})


def _hits(tx: Transaction, who: Visitor, shown: Sequence[Post], words: Sequence[Word]) -> Iterator[Hit]:
    for card in cards(tx, who.person, shown, who.at):
        text = list(found(" ".join(card.text.split()), words))
        yield Hit(card, list(found(card.title, words)), _excerpt(text))


def _excerpt(pieces: Pieces) -> Pieces:
    """The beginning of a text, or the part around the first word that was found."""
    first = next((number for number, (_, hit) in enumerate(pieces) if hit), 0)
    start, length = first, 0
    while start > 0 and length + len(pieces[start - 1][0]) <= BEFORE:
        start -= 1
        length += len(pieces[start][0])
    start = 0 if sum(len(piece) for piece, _ in pieces[:first]) <= EXCERPT // 2 else start
    end, length = start, 0
    while end < len(pieces) and length < EXCERPT:
        length += len(pieces[end][0])
        end += 1
    shown = [(piece[:EXCERPT], hit) for piece, hit in pieces[start:end]]
    return [*([("… ", False)] if start else []), *shown, *([(" …", False)] if end < len(pieces) else [])]


def _one(kind: type[E], word: str) -> E | None:
    """One of a fixed list of words, or nothing."""
    return next((one for one in kind if one == word), None)
