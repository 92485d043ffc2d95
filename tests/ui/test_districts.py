"""Which districts stand on one's own front page, nearest first, and what the page of each says."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

from node.acts import posts
from node.clock import now
from node.neighbourhood.node import Node
from node.neighbourhood.post import Audience, Kind
from node.storage import borders, nodes
from node.storage.borders import Border
from node.storage.database import Transaction
from tests import town
from tests.ui import next_door
from tests.ui.test_pages_home import titles
from tests.ui.visits import Here, words

TOWN: dict[str, Any] = {"audience": Audience.MUNICIPALITY}


async def page(here: Here, path: str = "/", part: str = "helper") -> str:
    """What somebody is sent, in English."""
    async with here.browser(part) as browser:
        browser.cookies.set("bk_lang", "en")
        answer = await browser.get(path)
    assert answer.status_code == 200
    return answer.text


async def around(here: Here) -> dict[str, Node]:
    """Next door Noord and Zuid, elsewhere West and the hub; something of each, the furthest the newest."""

    def fill(tx: Transaction) -> dict[str, Node]:
        at = now()
        posts.post(tx, here.cast.other, town.asks("Uit Centrum"), at - timedelta(hours=9))
        found = {name: town.neighbour(tx, name) for name in ("noord", "zuid")}
        found |= {"west": town.member(tx, "west"), "gemeente": town.hub(tx)}
        for hours, (name, node) in enumerate(reversed(found.items()), start=1):
            created = at - timedelta(hours=hours)
            next_door.held(tx, node, f"Uit {name.title()}", created=created, **TOWN)
        return found

    return await here.database.writing(fill)


async def test_next_door_is_shown_the_rest_is_counted(here: Here) -> None:
    await around(here)
    html = await page(here)
    assert titles(html) == ["Uit Centrum", "Uit Zuid", "Uit Noord"]
    said = words(html)
    assert "2 posts are open in districts that you do not follow." in said
    assert 'href="/districts"' in html
    assert "Zuid, next door" in said


async def test_followed_ones_come_after_those_next_door_and_muted_ones_never(here: Here) -> None:
    found = await around(here)
    await here.post("helper", f"/districts/{found['west'].id}/follow")
    await here.post("helper", f"/districts/{found['zuid'].id}/mute")
    html = await page(here)
    assert titles(html) == ["Uit Centrum", "Uit Noord", "Uit West"]
    said = words(html)
    assert said.index("With the neighbours next door") < said.index("You follow West.")
    assert "West, in our municipality" in said
    assert "1 post is open in districts that you do not follow." in said
    assert titles(await page(here, part="poster")) == ["Uit Centrum", "Uit Zuid", "Uit Noord"]
    for name in ("west", "zuid"):
        await here.post("helper", f"/districts/{found[name].id}/neither")
    assert titles(await page(here)) == ["Uit Centrum", "Uit Zuid", "Uit Noord"]


async def test_whoever_mutes_all_next_door_reads_why_it_is_empty(here: Here) -> None:
    found = await around(here)
    for name in ("noord", "zuid"):
        await here.post("helper", f"/districts/{found[name].id}/mute")
    html = await page(here)
    assert titles(html) == ["Uit Centrum"]
    assert "You muted the neighbourhoods next door." in words(html)


async def test_a_new_node_is_never_an_empty_page(here: Here) -> None:
    def fill(tx: Transaction) -> None:
        town.hub(tx)
        next_door.held(tx, town.member(tx, "west"), "Uit West", **TOWN)

    await here.database.writing(fill)
    html = await page(here)
    assert titles(html) == ["Uit West"]
    assert "It is quiet close by." in words(html)
    assert "The line is up. Now you." in words(html)
    await here.database.writing(next_door.held, await here.database.writing(town.neighbour, "noord"))
    assert titles(await page(here)) == ["Een lamp ophangen"]


async def test_what_is_on_is_told_of_here_and_of_whom_one_sees_soonest_first(here: Here) -> None:
    def fill(tx: Transaction) -> None:
        at = now()
        posts.post(
            tx,
            here.cast.other,
            town.plans("Koffie", at, starts=at + 3 * town.DAY, ends=at + 4 * town.DAY),
            at,
        )
        for name, node, days in (
            ("Lezing", town.neighbour(tx, "noord"), 2),
            ("Markt", town.member(tx, "west"), 1),
        ):
            starts = at + days * town.DAY
            when = {"starts": starts, "expires": starts + town.HOUR, "places": 0, "places_left": 0}
            next_door.held(tx, node, name, kind=Kind.EVENT, **when, **TOWN)

    await here.database.writing(fill)
    found = re.findall(r'class="day">.*?<a href="/o/[0-9a-f]+" dir="auto">(.*?)</a>', await page(here))
    assert found == ["Lezing", "Koffie"]
    west = await here.database.reading(nodes.by_origin, "https://west.example")
    assert west is not None
    await here.post("helper", f"/districts/{west.id}/follow")
    html = await page(here)
    assert re.findall(r'class="day">.*?dir="auto">(.*?)</a>', html) == ["Markt", "Lezing", "Koffie"]
    assert titles(html) == [], "an event is in the agenda, not among the cards"


async def test_a_notice_stands_among_the_cards(here: Here) -> None:
    await here.database.writing(posts.post, here.cast.other, town.tells(), now())
    assert titles(await page(here)) == ["Grijze kat gevonden"]


async def test_the_districts_the_nearest_first_with_what_is_open_there(here: Here) -> None:
    found = await around(here)
    html = await page(here, "/districts")
    said = words(html)
    names = re.findall(r'<h2 dir="auto"><a href="/districts/[\w-]+">(.*?)</a>', html)
    assert names == ["Noord", "Zuid", "Gemeente", "West"]
    assert said.count("Open there now: 1 request.") == 4
    assert said.count("On your front page") == 2
    assert said.count("Not on your front page") == 2
    await here.post("helper", f"/districts/{found['west'].id}/follow")
    await here.post("helper", f"/districts/{found['west'].id}/follow")
    said = words(await page(here, "/districts"))
    assert said.count("You follow this one") == 1
    answer = await here.post("helper", f"/districts/{found['west'].id}/neither", 303, back="one")
    assert answer.headers["location"] == f"/districts/{found['west'].id}"
    assert "You follow this one" not in words(await page(here, "/districts"))


async def test_the_page_of_a_district_shows_what_is_open_there_page_by_page(here: Here) -> None:
    def fill(tx: Transaction) -> str:
        west = town.member(tx, "west")
        for number in range(23):
            created = now() - timedelta(minutes=number)
            next_door.held(tx, west, f"Nummer {number}", created=created, **TOWN)
        next_door.held(tx, town.neighbour(tx, "noord"), "Van hiernaast")
        return west.id

    path = f"/districts/{await here.database.writing(fill)}"
    first = await page(here, path)
    assert len(titles(first)) == 20
    assert "Van hiernaast" not in first
    more = re.search(rf'href="({path}\?before=[^"]+)"', first)
    assert more is not None
    assert titles(await page(here, more[1])) == ["Nummer 20", "Nummer 21", "Nummer 22"]
    assert "Nothing is open there now" in words(
        await page(here, f"/districts/{(await here.database.writing(town.neighbour, 'zuid')).id}")
    )
    assert len(titles(await page(here, f"{path}?before=nonsense"))) == 20


async def test_without_districts_the_page_says_what_could_be_there(here: Here) -> None:
    assert "Only our own neighbourhood yet" in words(await page(here, "/districts"))


async def test_a_stranger_sees_nothing_of_what_people_choose(here: Here) -> None:
    found = await around(here)
    await here.post("helper", f"/districts/{found['west'].id}/follow")
    html = (await here.get(None, "/")).text
    assert titles(html) == []
    assert 'href="/districts"' not in html


def map_of(*codes: str) -> list[Border]:
    """Areas in a row."""
    return [
        Border(code, code, (codes[number - 1],) if number else (), "2025")
        for number, code in enumerate(codes)
    ]


async def test_how_far_it_is_is_counted_in_neighbourhoods(here: Here) -> None:
    found = await around(here)
    await here.post("helper", f"/districts/{found['west'].id}/follow")
    west, own = str(found["west"].area), here.settings.area
    await here.database.writing(borders.replace, map_of(own, "BU00000091", "BU00000092", west))
    said = words(await page(here))
    assert "West, 3 neighbourhoods away" in said
    assert "Zuid, next door" in said
    listed = words(await page(here, "/districts"))
    assert "3 neighbourhoods away" in listed
    copy = re.search(r'href="(/o/[0-9a-f]+)">Uit West', await page(here))
    assert copy is not None
    assert "West, 3 neighbourhoods away" in words(await page(here, copy[1]))
    await here.database.writing(borders.replace, map_of(own, west))
    assert "West, one neighbourhood away" in words(await page(here))


async def test_a_list_of_everything_goes_ring_by_ring_also_on_its_later_pages(here: Here) -> None:
    """Ours first, though the newest of all is the furthest."""
    await around(here)

    def more(tx: Transaction) -> None:
        at = now()
        for number in range(15):
            posts.post(
                tx, here.cast.other, town.asks(f"Eigen {number}"), at - timedelta(days=1, hours=number)
            )
        near = town.neighbour(tx, "oost")
        for number in range(30):
            created = at - timedelta(minutes=number)
            next_door.held(tx, near, f"Oost {number}", created=created, **TOWN)

    await here.database.writing(more)
    found: list[str] = []
    path: str | None = "/requests"
    while path:
        html = await page(here, path)
        found += titles(html)
        further = re.search(r'rel="next" href="([^"]+)"', html)
        path = unescape(further[1]) if further else None
    own = ["Uit Centrum", *(f"Eigen {number}" for number in range(15))]
    assert found[:16] == own
    assert found[16:48] == [*(f"Oost {number}" for number in range(30)), "Uit Zuid", "Uit Noord"]
    assert sorted(found[48:]) == ["Uit Gemeente", "Uit West"]
    assert len(set(found)) == len(found)
