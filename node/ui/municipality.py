"""The front page of a hub: the neighbourhoods of the municipality, and what it holds of each."""

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.following import Wish
from node.neighbourhood.post import Kind
from node.storage import follows, posts
from node.storage.database import Transaction
from node.storage.follows import District
from node.ui.cards import Card, cards
from node.ui.door import Handling, Ui, Visitor
from node.ui.slices import Slice, number

SHOWN = 3  # posts of each neighbourhood
STREETS = 12  # neighbourhoods on a page
EVENTS = 3
FEWEST = 5  # a smaller number is not told: one could guess whose


@dataclass(frozen=True)
class Neighbourhood:
    """A member, and its newest posts. `waiting`: how many of all are open."""

    district: District
    cards: list[Card]
    waiting: int


@dataclass(frozen=True)
class Town:
    """What stands on the page. `members`: all of them, by name, with how many posts are open there.
    `waiting`: how many requests and offers wait for somebody."""

    members: list[tuple[District, int]]
    own: list[Card]
    agenda: list[Card]
    streets: Slice[Neighbourhood]
    waiting: int


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET / of a hub. Everybody may; strangers see what is public."""
    town = await ui.database.reading(look, who, number(request.query_params.get("from")))
    return ui.page(
        request, who, "municipality.html", 200, Handling(may_keep=who.one_of_many), town=town, fewest=FEWEST
    )


def look(tx: Transaction, who: Visitor, start: int) -> Town:
    """Whoever has something to show: those that this person follows first, none that is muted."""
    counted = posts.count_answerable(tx, who.person, who.at)
    members = [(one, _waiting(counted, one.node.id)) for one in follows.districts(tx, who.person)]
    shown = [(one, waiting) for one, waiting in members if waiting and one.shown]
    shown.sort(key=lambda member: (member[0].wish is not Wish.FOLLOW, member[0].node.name))
    streets = [_street(tx, who, *member) for member in shown[start : start + STREETS]]
    wanted = posts.Filter(answerable=True, but=Kind.EVENT, limit=SHOWN)
    soon = posts.Filter(kind=Kind.EVENT, starting_from=who.at, open_only=True, limit=EVENTS)
    return Town(
        members=members,
        own=_shown(tx, who, replace(wanted, own=True)),
        agenda=_shown(tx, who, soon),
        streets=Slice(streets, start, len(shown)),
        waiting=sum(number for kinds in counted.values() for kind, number in kinds.items() if kind.agrees),
    )


def _waiting(counted: dict[str | None, dict[Kind, int]], home: str | None) -> int:
    """How many posts of a home are open; what is on stands in the agenda."""
    return sum(number for kind, number in counted.get(home, {}).items() if kind is not Kind.EVENT)


def _street(tx: Transaction, who: Visitor, district: District, waiting: int) -> Neighbourhood:
    wanted = posts.Filter(answerable=True, homes=[district.node.id], but=Kind.EVENT, limit=SHOWN)
    return Neighbourhood(district, _shown(tx, who, wanted), waiting)


def _shown(tx: Transaction, who: Visitor, wanted: posts.Filter) -> list[Card]:
    return cards(tx, who.person, posts.listing(tx, who.person, wanted, who.at), who.at)
