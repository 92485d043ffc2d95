"""The map: the neighbourhoods around as areas, how many posts wait in each, and the same as a list."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.outline import SIDE, Outline
from node.neighbourhood.refusal import NotFound, phrase
from node.storage import borders, nodes, outlines, posts
from node.storage.database import Transaction
from node.ui.cards import nearness
from node.ui.door import Ui, Visitor

MARGIN = 8


@dataclass(frozen=True)
class Spot:
    """One area: how near its node is, how many posts there wait for somebody, and where they stand; no `url`
    where there is no Buurtknoop."""

    outline: Outline
    name: str
    own: bool = False
    nearness: str = ""
    open: int = 0
    url: str = ""


@dataclass(frozen=True)
class Map:
    """All areas, those without a Buurtknoop first, so that no line of theirs lies over another."""

    spots: list[Spot]
    box: str  # what of the plane is shown, for SVG: left, top, width, height

    @property
    def listed(self) -> list[Spot]:
        """Those with a Buurtknoop: our own first, then by name."""
        found = [spot for spot in self.spots if spot.url]
        return sorted(found, key=lambda spot: (not spot.own, not spot.nearness, spot.name.lower()))

    @property
    def others(self) -> list[str]:
        """The names of those without one."""
        return sorted(spot.name for spot in self.spots if not spot.url)


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /map. Everybody may; how many posts wait counts what this person may see."""
    drawn = await ui.database.reading(look, who)
    if not drawn.spots:
        raise NotFound(phrase("There is no map here yet."))
    return ui.page(request, who, "map.html", current="home", map=drawn)


def look(tx: Transaction, who: Visitor) -> Map:
    kept = outlines.everyone(tx)
    here = {node.area: node for node in nodes.everyone(tx) if node.area and (node.active or node.member)}
    counted = posts.count_answerable(tx, who.person, who.at)
    far = borders.away(tx, [outline.code for outline in kept])
    inside = who.admitted is not None
    spots = []
    for outline in kept:
        node = here.get(outline.code)
        if outline.code == tx.home.area.code:
            waiting = sum(counted.get(None, {}).values())
            spots.append(Spot(outline, tx.home.area.name, True, "", waiting, "/"))
        elif node is not None:
            waiting = sum(counted.get(node.id, {}).values())
            url = f"/districts/{node.id}" if inside else node.origin
            spots.append(Spot(outline, node.name, False, nearness(node, far), waiting, url))
        else:
            spots.append(Spot(outline, outline.name))
    spots.sort(key=lambda spot: (bool(spot.url), spot.own))
    return Map(spots, _box(kept))


def _box(kept: list[Outline]) -> str:
    steps = [step for outline in kept for ring in outline.rings for step in ring]
    wide, high = (max((step[axis] for step in steps), default=SIDE) for axis in (0, 1))
    return f"{-MARGIN} {-MARGIN} {wide + 2 * MARGIN} {high + 2 * MARGIN}"
