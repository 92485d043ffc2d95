"""A neighbourhood that lives at another address from now on: who follows it is told, and may believe it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from node.acts import moving
from node.clock import now
from node.neighbourhood.refusal import Conflict, NotAllowed
from node.settings import Wrong, build
from node.storage import lookups
from tests.federation import town_of_nodes
from tests.federation.stranger import Stranger
from tests.federation.town_of_nodes import Model, Place
from tests.federation.wire import until


@pytest.fixture
async def place(tmp_path: Path, two_neighbours: Model) -> AsyncIterator[Place]:
    async with town_of_nodes.opened(tmp_path, two_neighbours) as nodes:
        yield nodes.places[0]


async def ourselves(place: Place) -> dict[str, object]:
    """Our actor, as everybody reads it."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(place.app), base_url=place.origin) as client:
        found: dict[str, object] = (await client.get(place.home.actor)).json()
        return found


async def test_followers_are_told_when_the_new_one_names_the_old(place: Place) -> None:
    mo, there = Stranger(place.wire), Stranger(place.wire, "nieuw", user="centrum", kind="Group")
    there.serve(there.person, there.document(alsoKnownAs=[place.home.actor]))
    await mo.follows(place)
    assert "movedTo" not in await ourselves(place)
    await place.database.writing(moving.ask, place.cast.operator, there.person, now())
    move = await mo.hears("Move")
    assert (move["object"], move["target"]) == (place.home.actor, there.person)
    assert (await ourselves(place))["movedTo"] == there.person
    with pytest.raises(Conflict):
        await place.database.writing(moving.ask, place.cast.operator, there.person, now())


async def test_nobody_is_told_when_the_new_one_does_not_name_the_old(place: Place) -> None:
    mo, there = Stranger(place.wire), Stranger(place.wire, "nieuw", user="centrum", kind="Group")
    await mo.follows(place)
    await place.database.writing(moving.ask, place.cast.operator, there.person, now())

    async def failed() -> bool:
        found = await place.database.reading(lookups.open_for, "new home")
        return bool(found and found[0].error)

    await until(failed)
    assert mo.heard("Move") == []
    assert "movedTo" not in await ourselves(place)


async def test_only_an_operator_may_move_the_neighbourhood(place: Place) -> None:
    for person in (place.cast.poster, place.cast.supervisor, place.cast.outsider):
        with pytest.raises(NotAllowed):
            await place.database.writing(moving.ask, person, "https://nieuw.example", now())


def test_a_new_node_names_what_it_was_before(tmp_path: Path) -> None:
    values = {"origin": "https://a.example", "name": "A", "area": "BU00000001"}
    old = "https://oud.example/ap/buurt/a"
    assert build({**values, "formerly": f"{old}, {old}2"}, tmp_path).were == (old, f"{old}2")
    with pytest.raises(Wrong, match="formerly"):
        build({**values, "formerly": "oud.example"}, tmp_path)
