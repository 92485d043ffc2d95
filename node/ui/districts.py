"""The districts around: what is open in each, and whether it stands on one's own front page."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from node.acts import districts as acts
from node.neighbourhood.distance import MOST
from node.neighbourhood.following import Ring, Wish
from node.neighbourhood.post import Kind, Post
from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.roles import Deed
from node.storage import follows, outlines, posts
from node.storage.database import Transaction
from node.storage.follows import District
from node.ui.cards import Card, away, cards, nearness
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.marks import after, mark
from node.ui.slices import Slice, number, sliced
from node.ui.words import Sign

LIST = "/districts"
SHOWN = 20
CHOICES = {"follow": acts.follow, "mute": acts.mute, "neither": acts.leave_it}
SAID = {
    (Wish.FOLLOW, True): Sign(phrase("You follow this one"), "check", tone="good"),
    (Wish.MUTE, False): Sign(phrase("You muted this one"), "eye-off"),
    (None, True): Sign(phrase("On your front page"), "house"),
    (None, False): Sign(phrase("Not on your front page"), "minus"),
}


@dataclass(frozen=True)
class Around:
    """One district in the list: how near, whether it is on the front page, and how much waits there."""

    district: District
    nearness: str
    said: Sign
    open: dict[Kind, int]


@dataclass(frozen=True)
class View:
    """The page of one district; `more`: the last post shown, when there are older ones."""

    around: Around
    cards: list[Card]
    more: str


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /districts: the nearest first. Any resident."""
    who.required(Deed.CHOOSE_DISTRICTS)
    start = number(request.query_params.get("from"))
    shown = await ui.database.reading(_look, who, start)
    drawn = await ui.database.reading(outlines.any_kept)
    return ui.page(request, who, "districts.html", current="home", shown=shown, path=LIST, drawn=drawn)


async def one(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /districts/<node>: what is open there. Any resident."""
    who.required(Deed.CHOOSE_DISTRICTS)
    before = request.query_params.get("before", "")
    view = await ui.database.reading(_one, who, request.path_params["node"], before)
    values = {"view": view, "path": LIST, "before": before}
    return ui.page(request, who, "district.html", current="home", **values)


async def choose(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /districts/<node>/<wish>: follow it, mute it, or neither. Any resident, for themselves."""
    by, node = who.required(Deed.CHOOSE_DISTRICTS), request.path_params["node"]
    act = CHOICES.get(request.path_params["wish"])
    if act is None:
        raise NotFound(phrase("This page is not here"))
    await ui.database.writing(act, by, node)
    return go_to(f"{LIST}/{node}" if form["back"] == "one" else f"{LIST}#{node}")


def _look(tx: Transaction, who: Visitor, start: int) -> Slice[Around]:
    counted = posts.count_answerable(tx, who.person, who.at)
    around = follows.districts(tx, who.person)
    far = away(tx, [one.node for one in around])
    around.sort(key=lambda one: _far(one, far))  # by name already: that stays within one distance
    return sliced([_around(one, counted, far) for one in around], start)


def _far(one: District, far: dict[str, int]) -> int:
    """How far a district is; those of which the map says nothing come last."""
    if one.ring is Ring.NEXT_DOOR:
        return 0
    return far.get(one.node.area, MOST + 1) if one.node.area is not None else MOST + 1


def _one(tx: Transaction, who: Visitor, node_id: str, before: str) -> View:
    district = next((one for one in follows.districts(tx, who.person) if one.node.id == node_id), None)
    if district is None:
        raise NotFound(phrase("This district is not here, or no longer."))
    wanted = posts.Filter(homes=[node_id], answerable=True, before=after(before), limit=SHOWN + 1)
    found = posts.listing(tx, who.person, wanted, who.at)
    shown: list[Post] = found[:SHOWN]
    counted = posts.count_answerable(tx, who.person, who.at)
    more = mark(shown[-1]) if len(found) > SHOWN else ""
    far = away(tx, [district.node])
    return View(_around(district, counted, far), cards(tx, who.person, shown, who.at), more)


def _around(district: District, counted: dict[str | None, dict[Kind, int]], far: dict[str, int]) -> Around:
    said = SAID[district.wish, district.shown]
    return Around(district, nearness(district.node, far), said, counted.get(district.node.id, {}))
