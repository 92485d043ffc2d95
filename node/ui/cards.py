"""Cards: posts as they stand in a list, with all that a neighbour is told at a glance."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from node.neighbourhood.category import Category
from node.neighbourhood.language import UNKNOWN
from node.neighbourhood.node import Node
from node.neighbourhood.photo import Photo
from node.neighbourhood.post import ANSWERABLE, Kind, Post, State
from node.neighbourhood.refusal import phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.when import DayPart, Days, Repeats
from node.storage import borders, nodes, photos, responses
from node.storage.database import Transaction
from node.ui.words import NEARNESS


@dataclass(frozen=True)
class Card:
    """One post in a list. `responses`: how many wait for an answer, or None where only its home knows.

    `starts`, `ends` and `place` are of an event; one that names no place is somewhere in its neighbourhood.
    `when`, `day_part` and `repeats` are of a request or an offer.
    """

    kind: Kind
    title: str
    text: str
    category: Category
    author: str
    area: str
    own: bool
    nearness: str
    created: datetime
    state: State
    responses: int | None
    url: str
    mine: bool
    starts: datetime | None = None
    ends: datetime | None = None
    place: str = ""
    author_id: str | None = None  # of our own posts; never shown
    when: Days | None = None
    day_part: DayPart = DayPart.ANY
    repeats: Repeats = Repeats.ONCE
    photos: tuple[Photo, ...] = ()  # of our own posts; of others there is only how many there are at home
    photos_there: int = 0
    language: str = UNKNOWN


def cards(tx: Transaction, who: Resident | None, found: Sequence[Post], at: datetime) -> list[Card]:
    """The posts as cards, in the same order."""
    homes = nodes.known(tx, {post.node_id for post in found if post.node_id is not None})
    far = away(tx, homes.values())
    waiting = responses.count_pending(tx, [post.id for post in found if post.own])
    shown = photos.of_posts(tx, [post.id for post in found if post.own and post.photos])
    made = [
        _card(post, who, homes.get(post.node_id or ""), far, tx.home.area.name, waiting.get(post.id, 0), at)
        for post in found
    ]
    if not shown:
        return made
    of = (tuple(shown.get(post.id, ())) for post in found)
    return [replace(card, photos=theirs) for card, theirs in zip(made, of, strict=True)]


def away(tx: Transaction, homes: Iterable[Node]) -> dict[str, int]:
    """How many neighbourhoods further the areas of these are, by code; of those next door nobody asks it."""
    return borders.away(tx, {home.area for home in homes if home.area is not None and not home.active})


def nearness(home: Node | None, far: Mapping[str, int]) -> str:
    """How far it is to another node, told in neighbourhoods; nothing for our own, or one we only know."""
    if home is None or not (home.active or home.member):
        return ""
    if home.active:
        return NEARNESS["adjacent"]
    number = far.get(home.area) if home.area is not None else None
    if not number:
        return NEARNESS["municipality"]
    return NEARNESS["one"] if number == 1 else phrase("%(count)d neighbourhoods away", count=number)


def _card(
    post: Post,
    who: Resident | None,
    home: Node | None,
    far: Mapping[str, int],
    here: str,
    waiting: int,
    at: datetime,
) -> Card:
    area = here if post.own else home.name if home is not None else post.area.name
    return Card(
        kind=post.kind,
        title=post.title,
        text=post.text,
        category=post.category,
        author=post.author_name,
        area=area,
        own=post.own,
        nearness=nearness(home, far),
        created=post.created,
        state=State.EXPIRED if post.state in ANSWERABLE and post.expires <= at else post.state,
        responses=waiting if post.own else None,
        url=f"/o/{post.id}",
        mine=post.own and who is not None and post.author == who.id,
        starts=post.starts,
        ends=post.ends,
        place=post.place or area,
        author_id=post.author if post.own else None,
        when=post.when,
        day_part=post.day_part,
        repeats=post.repeats,
        photos_there=0 if post.own else post.photos,
        language=post.language,
    )
