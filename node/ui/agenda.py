"""The agenda: what is going to happen here, next door and in town, day by day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.post import Kind, Post
from node.neighbourhood.refusal import NotFound, phrase
from node.storage import posts
from node.storage.database import Transaction
from node.ui import calendars
from node.ui.cards import Card, cards
from node.ui.door import Handling, Ui, Visitor
from node.ui.marks import after, mark

SHOWN = 50


@dataclass(frozen=True)
class Day:
    """One day, and what begins on it; what began before and still goes on stands under today."""

    day: datetime
    events: list[Card]


@dataclass(frozen=True)
class Agenda:
    days: list[Day]
    more: str  # the address of what comes after, if there is more


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /agenda. Everybody may; strangers see what is public."""
    before = after(request.query_params.get("before", ""))
    agenda = await ui.database.reading(look, who, before)
    values = {"agenda": agenda, "later": before is not None}
    return ui.page(request, who, "agenda.html", 200, Handling(may_keep=who.one_of_many), **values)


async def one(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /o/{event}.ics: one event, for whoever may see it, to keep in one's own agenda."""
    event = await ui.database.reading(posts.see, who.person, request.path_params["event"], who.at)
    if event.kind is not Kind.EVENT:
        raise NotFound(phrase("This is not here, or no longer."))
    body = calendars.calendar(ui.settings.name, ui.settings.origin, [event], who.at)
    headers = {
        "Cache-Control": "private, no-store",
        "Vary": "Cookie, Accept-Language",
        "Content-Disposition": f'attachment; filename="{event.id}.ics"',
    }
    return Response(body, headers=headers, media_type=calendars.MEDIA_TYPE)


def look(tx: Transaction, who: Visitor, before: tuple[datetime, str] | None = None) -> Agenda:
    wanted = posts.Filter(
        kind=Kind.EVENT, open_only=True, starting_from=who.at, before=before, limit=SHOWN + 1
    )
    found = posts.listing(tx, who.person, wanted, who.at)
    shown = found[:SHOWN]
    more = f"/agenda?before={mark(shown[-1], soonest=True)}" if len(found) > SHOWN else ""
    return Agenda(list(_days(tx, who, shown)), more)


def _days(tx: Transaction, who: Visitor, shown: list[Post]) -> Iterator[Day]:
    today = cards(tx, who.person, shown, who.at)
    zone, at = tx.home.zone, who.at
    for _, events in groupby(today, key=lambda card: _day(card, zone, at)):
        found = list(events)
        yield Day(max(found[0].starts or at, at), found)


def _day(card: Card, zone: tzinfo, at: datetime) -> date:
    return max(card.starts or at, at).astimezone(zone).date()
