"""The nodes that the tests of this room share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.acts import hub as hubs
from node.clock import now
from node.federation.gate import Gate
from node.neighbourhood.node import Follow
from node.neighbourhood.resident import console
from node.storage import nodes as kept_nodes
from tests.federation import town_of_nodes
from tests.federation.liar import Liar
from tests.federation.town_of_nodes import Model, Nodes
from tests.federation.wire import until


@pytest.fixture(scope="session")
async def three_neighbours(tmp_path_factory: pytest.TempPathFactory) -> Model:
    directory = tmp_path_factory.mktemp("neighbours")
    return await town_of_nodes.model(directory, "centrum", "noord", "zuid", joined=True)


@pytest.fixture(scope="session")
async def two_neighbours(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return await town_of_nodes.model(tmp_path_factory.mktemp("two"), "centrum", "noord", joined=True)


@pytest.fixture(scope="session")
async def three_strangers(tmp_path_factory: pytest.TempPathFactory) -> Model:
    directory = tmp_path_factory.mktemp("strangers")
    return await town_of_nodes.model(directory, "centrum", "noord", "zuid", joined=False)


@pytest.fixture(scope="session")
async def a_town(tmp_path_factory: pytest.TempPathFactory) -> Model:
    directory = tmp_path_factory.mktemp("town")
    made = await town_of_nodes.model(directory, "centrum", "noord", "zuid", "gemeente", joined=False)
    async with town_of_nodes.opened_in_place(made) as nodes:
        a, b, c, hub = nodes
        await nodes.join(a, b)
        await nodes.join(b, c)
        await nodes.gather(hub, a, b, c)
    return made


@pytest.fixture
async def town_with_hub(tmp_path: Path, a_town: Model) -> AsyncIterator[Nodes]:
    """Centrum, Noord and Zuid in a row (Centrum and Zuid do not touch), members of the hub Gemeente."""
    async with town_of_nodes.opened(tmp_path, a_town) as nodes:
        yield nodes


@pytest.fixture(scope="session")
async def a_hub_and_a_follower(tmp_path_factory: pytest.TempPathFactory) -> Model:
    directory = tmp_path_factory.mktemp("follower")
    made = await town_of_nodes.model(directory, "centrum", "gemeente", "oost", joined=False)
    async with town_of_nodes.opened_in_place(made) as nodes:
        a, hub, follower = nodes
        await nodes.gather(hub, a)
        await follower.enters(hub)

        async def follows() -> bool:
            found = await follower.database.reading(kept_nodes.by_origin, hub.origin)
            return found is not None and found.our_follow is Follow.ACCEPTED

        await until(follows)
        await nodes.quiet()
        there = await hub.knows(follower)
        await hub.database.writing(hubs.refuse, console(now()), there.id, "", now())
        await nodes.quiet()
    return made


@pytest.fixture
async def pointed(tmp_path: Path, a_hub_and_a_follower: Model) -> AsyncIterator[Nodes]:
    """Centrum, a member of the hub Gemeente; and Oost, which follows that hub, and was not taken in."""
    async with town_of_nodes.opened(tmp_path, a_hub_and_a_follower) as nodes:
        yield nodes


@pytest.fixture(scope="module")
async def three(tmp_path_factory: pytest.TempPathFactory, three_neighbours: Model) -> AsyncIterator[Nodes]:
    """Centrum, Noord and Zuid, all neighbours, for the tests of one file: each makes its own posts."""
    async with town_of_nodes.opened(tmp_path_factory.mktemp("three"), three_neighbours) as nodes:
        yield nodes


@pytest.fixture
async def trio(tmp_path: Path, three_neighbours: Model) -> AsyncIterator[Nodes]:
    """The same for one test alone."""
    async with town_of_nodes.opened(tmp_path, three_neighbours) as nodes:
        yield nodes


@pytest.fixture
async def pair(tmp_path: Path, two_neighbours: Model) -> AsyncIterator[Nodes]:
    """Centrum and Noord, neighbours, for one test alone."""
    async with town_of_nodes.opened(tmp_path, two_neighbours) as nodes:
        yield nodes


@pytest.fixture
async def strangers(tmp_path: Path, three_strangers: Model) -> AsyncIterator[Nodes]:
    """Centrum, Noord and Zuid, who have not heard of each other."""
    async with town_of_nodes.opened(tmp_path, three_strangers) as nodes:
        yield nodes


@pytest.fixture(scope="module")
async def lied_to(
    tmp_path_factory: pytest.TempPathFactory, two_neighbours: Model
) -> AsyncIterator[tuple[Nodes, Liar]]:
    """Centrum and Noord, and an enemy that Centrum takes for a neighbour; nobody does anything by itself."""
    async with town_of_nodes.opened(tmp_path_factory.mktemp("lied"), two_neighbours) as nodes:
        liar = Liar(nodes.wire)
        await liar.befriend(nodes.places[0])
        await nodes.quiet()
        for place in nodes:
            await place.stop()
            place.door.gate = Gate()  # a while later: it has seen who is a neighbour now
        yield nodes, liar
