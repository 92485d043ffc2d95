"""The agenda: what is going to happen here, next door and in town, day by day."""

from dataclasses import dataclass
from datetime import date, datetime

from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.post import Kind, Post
from node.neighbourhood.refusal import NotFound, phrase
from node.storage import posts
from node.storage.database import Transaction
from node.ui import calendars, websites
from node.ui.cards import Card, cards
from node.ui.door import Handling, Ui, Visitor
from node.ui.marks import after, mark
from node.ui.websites import Elsewhere

SHOWN = 50


@dataclass(frozen=True)
class Day:
    """One day, and what begins on it; what began before and still goes on stands under today. `elsewhere`:
    what stands in calendars of websites."""

    day: datetime
    events: list[Card]
    elsewhere: list[Elsewhere]


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
    begins = before[0] if before is not None else who.at
    until = shown[-1].starts if more else None
    elsewhere = websites.upcoming(tx, begins, until, SHOWN)
    if before is not None:  # what goes on stood on the first page
        elsewhere = [one for one in elsewhere if one.entry.starts and one.entry.starts >= begins]
    return Agenda(_days(tx, who, shown, elsewhere), more)


def _days(tx: Transaction, who: Visitor, shown: list[Post], elsewhere: list[Elsewhere]) -> list[Day]:
    zone, at, days = tx.home.zone, who.at, dict[date, Day]()

    def of(starts: datetime | None) -> Day:
        when = max(starts or at, at)
        return days.setdefault(when.astimezone(zone).date(), Day(when, [], []))

    for card in cards(tx, who.person, shown, at):
        of(card.starts).events.append(card)
    for one in elsewhere:
        of(one.entry.starts).elsewhere.append(one)
    return [days[day] for day in sorted(days)]
