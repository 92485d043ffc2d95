"""What others put on their own site or in their own program: public posts alone, whoever asks.

A stranger's look at the lists, so that the one rule of who may see holds here too.
"""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.post import Kind, Post
from node.neighbourhood.refusal import NotFound, phrase
from node.storage import posts
from node.storage.database import Transaction
from node.ui import calendars
from node.ui.cards import Card, cards
from node.ui.door import Ui, Visitor
from node.ui.feed import EVERYTHING, Feed, found

SHOWN = 50
IN_A_FRAME = 6
KEEP = {"Cache-Control": "public, max-age=300"}
FRAMED = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "frame-ancestors *; form-action 'none'; base-uri 'none'"
)
"""The policy of the one page that may stand in somebody else's."""


_AT_FIRST = datetime(2026, 1, 1, tzinfo=UTC)  # when a feed in which nothing stood yet was last changed


async def calendar(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /agenda.ics: the public events that are still to come, or going on."""
    events = await ui.database.reading(_coming, who)
    body = calendars.calendar(ui.settings.name, ui.settings.origin, events, who.at)
    return Response(body, headers=KEEP, media_type=calendars.MEDIA_TYPE)


async def atom(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /feed.atom: the newest public posts (RFC 4287)."""
    return await _atom(ui, who, EVERYTHING)


async def atom_of(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /feeds/{name}.atom: the newest public posts of one kind, or of one category."""
    feed = found(request.path_params["name"])
    if feed is None:
        raise NotFound(phrase("This page is not here"))
    return await _atom(ui, who, feed)


async def _atom(ui: Ui, who: Visitor, feed: Feed) -> Response:
    newest = await ui.database.reading(_newest, who, feed, SHOWN)
    updated = max((post.updated for post in newest), default=_AT_FIRST)
    words = ui.templates.get_template("feed.xml").render(
        node=ui.settings, feed=feed, posts=newest, updated=updated, origin=ui.settings.origin, shown=_shown
    )
    return Response(words, headers=KEEP, media_type="application/atom+xml; charset=utf-8")


async def widget(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /widget: the newest public posts as a small page without forms, that any site may frame."""
    shown = await ui.database.reading(_cards, who)
    page = ui.page(request, who, "widget.html", cards=shown, origin=ui.settings.origin)
    page.headers.update({**KEEP, "Content-Security-Policy": FRAMED})
    del page.headers["Vary"]
    return page


def _shown(words: str) -> str:
    """Without the signs that XML has no place for; another node may have sent one."""
    return "".join(sign for sign in words if sign in "\n\t" or sign.isprintable())


def _coming(tx: Transaction, who: Visitor) -> list[Post]:
    wanted = posts.Filter(kind=Kind.EVENT, open_only=True, starting_from=who.at, limit=500)
    return posts.listing(tx, None, wanted, who.at)


def _newest(tx: Transaction, who: Visitor, feed: Feed, most: int) -> list[Post]:
    wanted = posts.Filter(kind=feed.kind, category=feed.category, open_only=True, limit=most)
    return posts.listing(tx, None, wanted, who.at)


def _cards(tx: Transaction, who: Visitor) -> list[Card]:
    return cards(tx, None, _newest(tx, who, EVERYTHING, IN_A_FRAME), who.at)
