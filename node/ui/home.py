"""The front page: the street, two ways to begin, and what neighbours ask, offer and do, nearest first."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.following import Ring, Wish
from node.neighbourhood.post import Kind, Post
from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.roles import Role
from node.storage import follows, matches, posts, thanks
from node.storage.database import Transaction
from node.storage.follows import District
from node.ui import municipality, websites
from node.ui.cards import Card, cards
from node.ui.door import Handling, Ui, Visitor, go_to
from node.ui.language import language
from node.ui.websites import Elsewhere
from node.ui.words import listed

SHOWN = 6
EVENTS = 3
NEWS = 4
MONTH = timedelta(days=30)
FEWEST = 5  # fewer agreements than this are not told: one could guess whose


@dataclass(frozen=True)
class Home:
    """What the front page shows: our own neighbourhood, and then whoever this person sees, by nearness.

    `further` is from the districts elsewhere in the municipality that this person follows; `instead` is from
    the others there, and only while there is nothing nearer. `rest`: how many posts wait there unseen.
    `news`: what websites of the neighbourhood told lately, and `dates` what stands in their calendars.
    `counts`: how many wait for a yes, as `own request`, `near offer`, ... `town`: there are districts beyond
    those next door. `bodies`: the page as HTML, once somebody read it.
    """

    own: list[Card]
    agenda: list[Card]
    dates: list[Elsewhere]
    news: list[Elsewhere]
    near: list[Card]
    further: list[Card]
    instead: list[Card]
    neighbours: list[str]
    followed: list[str]
    muted: bool
    town: bool
    counts: dict[str, int]
    rest: int
    agreements: int
    thanks: bool  # there are thank-yous that everybody may read
    bodies: dict[Hashable, str] = field(default_factory=dict, compare=False)

    def body(self, make: Callable[[], str], alike: Hashable) -> str:
        """The page as it is for all who see it alike."""
        made = self.bodies.get(alike)
        if made is None:
            made = self.bodies[alike] = make()
        return made

    def of(self, person: str) -> "Home":
        """The same page, with this person's own posts told apart."""
        return replace(self, own=_mine(self.own, person), agenda=_mine(self.agenda, person))


async def profile(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /@{name}: the address that other servers show as ours. It leads to the front page."""
    if request.path_params["name"].lower() != ui.settings.slug:
        raise NotFound(phrase("This page is not here"))
    return go_to("/")


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /. Everybody may; strangers see what is public. At a hub it is the whole municipality."""
    if ui.settings.home.is_hub:
        return await municipality.page(ui, request, who)
    home = await _as_seen_by(ui, who)
    names = {"names": listed(home.neighbours), "followed": listed(home.followed)}
    alike = _alike(who, home)
    out = Handling(lambda: home.bodies.get(alike, ""), may_keep=who.one_of_many)
    return ui.page(request, who, "home.html", 200, out, home=home, alike=alike, **names)


def _alike(who: Visitor, home: Home) -> Hashable:
    """What tells the page of one reader from that of another, beside the districts they see."""
    mine = frozenset(card.url for card in (*home.own, *home.agenda) if card.mine)
    operates = who.admitted is not None and Role.OPERATOR in who.admitted.roles
    return language().code, who.admitted is not None, operates, mine


async def _as_seen_by(ui: Ui, who: Visitor) -> Home:
    """The same for all who see the same districts, but for whose post is one's own."""
    said, reported = await ui.database.reading(_own_wishes, who)
    if reported:  # theirs alone: what they reported is not on it
        return await ui.database.reading(look, who, said)
    anybody = replace(who, person=replace(who.admitted, id="") if who.admitted else None)
    key = who.admitted is not None, frozenset(said.items())
    home: Home = await ui.kept.get(key, lambda: ui.database.reading(look, anybody, said))
    return home if who.admitted is None else home.of(who.admitted.id)


def _own_wishes(tx: Transaction, who: Visitor) -> tuple[dict[str, Wish], bool]:
    """What this person said about districts, and whether something that they reported waits."""
    waits = who.admitted is not None and bool(posts.reported_by(tx, who.admitted.id))
    return follows.wishes_of(tx, who.person), waits


def look(tx: Transaction, who: Visitor, said: Mapping[str, Wish]) -> Home:
    around = follows.with_wishes(tx, said)
    near = [one for one in around if one.ring is Ring.NEXT_DOOR and one.shown]
    followed = [one for one in around if one.ring is Ring.TOWN and one.shown]
    others = [one for one in around if one.ring is Ring.TOWN and one.wish is None]
    counted = posts.count_answerable(tx, who.person, who.at)
    own, close, further = (newest(tx, who, homes) for homes in (None, near, followed))
    agreements = matches.count_since(tx, who.at - MONTH)
    return Home(
        own=own,
        agenda=_agenda(tx, who, [*near, *followed]),
        dates=websites.upcoming(tx, who.at, None, EVENTS),
        news=websites.newest(tx, who.at, NEWS),
        near=close,
        further=further,
        instead=[] if own or close or further else newest(tx, who, others),
        neighbours=[one.node.name for one in near],
        followed=[one.node.name for one in followed],
        muted=not near and any(one.ring is Ring.NEXT_DOOR for one in around),
        town=any(one.ring is Ring.TOWN for one in around),
        counts=_counts(counted, near),
        rest=sum(sum(counted.get(one.node.id, {}).values()) for one in others),
        agreements=agreements if agreements >= FEWEST else 0,
        thanks=thanks.any_stands(tx),
    )


def _mine(shown: list[Card], person: str) -> list[Card]:
    return [replace(card, mine=True) if card.author_id == person else card for card in shown]


def newest(tx: Transaction, who: Visitor, homes: Sequence[District] | None) -> list[Card]:
    """The newest that still wait for somebody, ours or of these districts; events are in the agenda.

    Where there are few of them, those that are agreed keep them company.
    """
    if homes == []:
        return []
    which = None if homes is None else [one.node.id for one in homes]
    wanted = posts.Filter(own=homes is None, homes=which, but=Kind.EVENT, limit=SHOWN)
    waiting = posts.listing(tx, who.person, replace(wanted, answerable=True), who.at)
    if len(waiting) < SHOWN:
        running = posts.listing(tx, who.person, replace(wanted, open_only=True), who.at)
        waiting += [post for post in running if not post.answerable(who.at)]
    return cards(tx, who.person, waiting[:SHOWN], who.at)


def _agenda(tx: Transaction, who: Visitor, shown: Sequence[District]) -> list[Card]:
    """What is on next, here and in these districts."""
    wanted = posts.Filter(kind=Kind.EVENT, starting_from=who.at, open_only=True, limit=EVENTS)
    found = posts.listing(tx, who.person, replace(wanted, own=True), who.at)
    homes = [one.node.id for one in shown]
    found += posts.listing(tx, who.person, replace(wanted, homes=homes), who.at) if homes else []
    return cards(tx, who.person, sorted(found, key=_beginning)[:EVENTS], who.at)


def _beginning(event: Post) -> tuple[float, str]:
    return event.starts.timestamp() if event.starts else 0.0, event.id


def _counts(counted: dict[str | None, dict[Kind, int]], near: Sequence[District]) -> dict[str, int]:
    rings = {"own": [counted.get(None, {})], "near": [counted.get(one.node.id, {}) for one in near]}
    return {
        f"{ring} {kind}": sum(one.get(kind, 0) for one in found)
        for ring, found in rings.items()
        for kind in Kind
    }
