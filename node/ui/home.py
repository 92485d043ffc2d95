"""The front page: the street, two ways to begin, and what neighbours ask and offer here and next door."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.post import Post
from node.storage import matches, posts
from node.storage.database import Transaction
from node.ui.cards import Card, cards, neighbours
from node.ui.door import Ui, Visitor
from node.ui.words import listed

SHOWN = 6
MONTH = timedelta(days=30)
FEWEST = 5  # fewer agreements than this are not told: one could guess whose


@dataclass(frozen=True)
class Home:
    """What the front page shows. `counts`: how many posts wait for a yes, as `own request`, `near offer`,
    ..."""

    own: list[Card]
    near: list[Card]
    neighbours: list[str]
    counts: dict[str, int]
    agreements: int


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /. Everybody may; strangers see what is public."""
    home = await ui.database.reading(look, who)
    return ui.page(request, who, "home.html", home=home, names=listed(home.neighbours))


def look(tx: Transaction, who: Visitor) -> Home:
    counted = posts.count_answerable(tx, who.person, who.at)
    agreements = matches.count_since(tx, who.at - MONTH)
    return Home(
        own=cards(tx, who.person, _newest(tx, who, own=True), who.at),
        near=cards(tx, who.person, _newest(tx, who, own=False), who.at),
        neighbours=neighbours(tx),
        counts={f"{'own' if own else 'near'} {kind}": number for (own, kind), number in counted.items()},
        agreements=agreements if agreements >= FEWEST else 0,
    )


def _newest(tx: Transaction, who: Visitor, own: bool) -> list[Post]:
    """The newest that still wait for a yes; where there are few of them, those that are agreed keep them
    company."""
    waiting = posts.listing(tx, who.person, posts.Filter(own=own, answerable=True, limit=SHOWN), who.at)
    running = posts.listing(tx, who.person, posts.Filter(own=own, open_only=True, limit=SHOWN), who.at)
    return [*waiting, *(post for post in running if not post.answerable(who.at))][:SHOWN]
