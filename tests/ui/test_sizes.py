"""No page weighs more than 60 kB on the line with its style and its script, as it is really sent."""

import gzip
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from node.acts import posts
from node.clock import now
from node.storage.database import Transaction
from tests import town
from tests.ui import next_door, things, visits
from tests.ui.test_who_may import TABLE
from tests.ui.things import Things
from tests.ui.visits import Here

MOST = 60_000  # bytes
HOME = 30_000
WORDS = "Wie kan mij even helpen met de boodschappen, de trap en de lamp van de buurvrouw aan de overkant? "


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Here, Things]]:
    """A node with full lists: long titles, long texts, at home and next door."""
    async with visits.opened(tmp_path_factory.mktemp("node")) as here:
        built = await things.built(here)
        await here.database.writing(_full, here)
        yield here, built


def _full(tx: Transaction, here: Here) -> None:
    at, near = now(), town.neighbour(tx, "oost")
    for number in range(40):
        title, text = f"{number} {WORDS}"[:100], f"{number} {WORDS * 40}"[:3900]
        make = (town.asks, town.offers, town.tells)[number % 3]
        posts.post(tx, here.cast.other, make(title, text=text), at - timedelta(minutes=number))
        next_door.held(tx, near, title, text=text, created=at - timedelta(minutes=number))


async def frame(here: Here, html: str) -> int:
    """What a page asks for before it can be read and used: style and script."""
    wanted = re.findall(r'<link rel="stylesheet" href="([^"]+)"|<script src="([^"]+)"', html)
    assert len(wanted) in (3, 4)  # the script of passkeys stands on its own pages alone
    sizes = [
        int(
            (await here.get(None, one or other, headers={"accept-encoding": "gzip"})).headers[
                "content-length"
            ]
        )
        for one, other in wanted
    ]
    return sum(sizes)


async def test_every_page_is_light_with_its_style_and_script(world: tuple[Here, Things]) -> None:
    here, built = world
    weights: dict[str, tuple[int, int]] = {}
    for row in (row for row in TABLE if row.method == "GET"):
        for part in (who for who, status in row.expected.items() if status == 200):
            path = built.path(row.path)
            answer = await here.get(
                None if part == "stranger" else part, path, headers={"accept-encoding": "gzip"}
            )
            if "text/html" not in answer.headers["content-type"] or "stylesheet" not in answer.text:
                continue
            own = await frame(here, answer.text)
            sent = int(answer.headers["content-length"]) + own
            weights[f"{part} {path}"] = sent, len(gzip.compress(answer.content)) + own
    assert len(weights) > 300
    assert {where: sizes for where, sizes in weights.items() if max(sizes) > MOST} == {}


@pytest.mark.parametrize("path", ["/requests?where=here", "/notices?show=all", "/offers?where=near&show=all"])
async def test_a_full_list_that_goes_out_plainly_is_light_too(world: tuple[Here, Things], path: str) -> None:
    here, _ = world
    answer = await here.get("helper", path, headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    assert int(answer.headers["content-length"]) + await frame(here, answer.text) < MOST


async def test_the_front_page_is_half_of_that(world: tuple[Here, Things]) -> None:
    """With a full list of everything: useful on the slowest line there is."""
    here, _ = world
    answer = await here.get("helper", "/", headers={"accept-encoding": "gzip"})
    assert int(answer.headers["content-length"]) + await frame(here, answer.text) < HOME
