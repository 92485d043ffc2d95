"""An id that somebody makes up finds nothing, an address that goes out opens nothing, and no place is told
that is nearer than the neighbourhood."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from uuid import UUID, uuid4

import pytest

from node.federation import activities
from node.neighbourhood.refusal import NotFound
from node.storage import posts, responses, tables
from node.storage.database import Transaction
from tests.roof import aviary
from tests.roof.aviary import Aviary

GUESSES = 10_000
ASKED = ("/o/{}", "/api/v1/requests/{}", "/ap/o/{}", "/o/{}/answers/{}/choose", "/talks/{}", "/invites/{}")


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Aviary]:
    async with aviary.opened(tmp_path_factory.mktemp("node")) as made:
        yield made


def guesses(known: list[str]) -> Iterator[str]:
    """Numbers from one on, the neighbours of every id that there is, and then by chance."""
    yield from (f"{number:032x}" for number in range(1, 2_000))
    for one in known:
        around = (int(one, 16) + step for step in range(-50, 51) if step)
        yield from (f"{number:032x}" for number in around)
    while True:
        yield uuid4().hex


def found(tx: Transaction, known: list[str]) -> list[str]:
    hits = []
    for _, guess in zip(range(GUESSES), guesses(known), strict=False):
        for get in (posts.get, responses.get):
            try:
                get(tx, guess)
            except NotFound:
                continue
            hits.append(guess)
    return hits


async def test_V09_whoever_guesses_ids_finds_nothing(world: Aviary) -> None:
    """Ten thousand tries at the tables, and some at each address, as a stranger and as a neighbour."""
    known = [row["id"] for name in ("posts", "responses", "invites") for row in world.scene.rows[name]]
    assert await world.here.database.reading(found, known) == []
    for name in ("stranger", "other"):
        async with world.reader(name) as client:
            for _, guess in zip(range(5), guesses(known[:1]), strict=False):
                for path in ASKED:
                    answer = await client.get(path.replace("{}", guess), headers={"accept": aviary.AP})
                    assert answer.status_code in (404, 401, 303), (name, path)


async def test_V09_every_id_of_what_people_do_is_by_chance(world: Aviary) -> None:
    """Of no number that goes up, and of no clock; a post that was sent twice is one by its form."""
    for name in ("posts", "responses", "matches", "messages", "invites", "residents", "searches"):
        for row in world.scene.rows[name]:
            assert UUID(row["id"]).version == 4, (name, row["id"])


def sent(world: Aviary) -> list[str]:
    """Each message to another node, as JSON."""
    home = world.here.settings.home
    rows = [row for row in world.scene.rows["activities"] if row["facts"] is not None]
    return [
        json.dumps(activities.activity(home, row["type"], row["uri"], row["object"], row["facts"], "", ""))
        for row in rows
    ]


async def test_V08_no_address_that_goes_out_opens_anything(world: Aviary) -> None:
    """Each is an id and nothing behind it; who reads what is there proves who they are."""
    said = sent(world)
    own = [url for one in said for url in re.findall(rf'{world.here.settings.origin}[^"\s<\\]*', one)]
    assert len(own) > 20
    assert [url for url in own if "?" in url or "@" in url] == []
    assert [secret for secret in world.secrets for one in said if secret in one] == []


async def test_V10_the_neighbourhood_is_all_that_is_told_of_where_somebody_lives(world: Aviary) -> None:
    """The same for every post; no table has a place for a point, and no message names one. Of an event there
    is besides what its poster wrote of where people meet."""
    places = set()
    for one in sent(world):
        assert not re.search(r'"(latitude|longitude|geo|altitude|radius|accuracy)"', one)
        places |= set(re.findall(r'"location": (\{[^}]*\})', one))
    assert {json.loads(place)["areaCode"] for place in places} == {world.here.settings.home.area.code}
    assert len([one for one in places if "id" in json.loads(one)]) == 1
    columns = {column.name for table in tables.metadata.sorted_tables for column in table.columns}
    assert columns & {"latitude", "longitude", "lat", "lon", "point", "location", "postcode"} == set()
