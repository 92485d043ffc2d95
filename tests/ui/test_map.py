"""The map: neighbourhoods as areas, and the same as a list."""

import re

from node.acts import areas, posts
from node.clock import now
from node.neighbourhood.outline import Outline
from node.storage.database import Transaction
from tests import town
from tests.ui.visits import Here, words


def _drawn(tx: Transaction, here: Here) -> None:
    north = town.neighbour(tx, "noord", last_seen=now())
    boxes = {tx.home.area.code: "Centrum", north.area: "Noord", "BU00000009": "Leegland"}
    outlines = [
        Outline(code or "", name, [[(n * 300, 0), (n * 300 + 300, 0), (n * 300 + 300, 300), (n * 300, 300)]])
        for n, (code, name) in enumerate(boxes.items())
    ]
    areas.draw(tx, here.cast.operator, outlines, now())
    posts.post(tx, here.cast.poster, town.asks(audience="adjacent"), now())


async def test_no_map_no_page_and_no_link(here: Here) -> None:
    assert "Er is hier nog geen kaart." in (await here.get("helper", "/map", 404)).text
    assert "/map" not in (await here.get("helper", "/districts")).text


async def test_each_area_with_what_waits_there(here: Here) -> None:
    await here.database.writing(_drawn, here)
    page = (await here.get("helper", "/map")).text
    assert (page.count('<path class="own"'), page.count('<path class="node"')) == (1, 1)
    assert 'aria-label="Centrum: 1 bericht wacht op iemand"' in page
    assert re.search(r'<a href="/districts/node-noord" aria-label="Noord: er wacht nu niets"', page)
    assert "Leegland" in words(page)
    assert 'href="/map"' in (await here.get("helper", "/districts")).text


async def test_a_stranger_counts_what_is_public_and_is_led_to_their_own_pages(here: Here) -> None:
    await here.database.writing(_drawn, here)
    page = (await here.get(None, "/map")).text
    assert 'aria-label="Centrum: er wacht nu niets"' in page
    assert '<a href="https://noord.example" rel="noreferrer"' in page
