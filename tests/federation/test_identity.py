"""Whose key it is: believed from its owner's own address alone, fetched once, and of a neighbour kept."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from node.federation.signatures import SigningKey
from tests.federation import by_hand, town_of_nodes
from tests.federation.liar import Document, Liar, described, key_called
from tests.federation.stillness import untouched
from tests.federation.town_of_nodes import Model, Nodes, Place
from tests.federation.wire import those, until_true


@pytest.fixture(scope="module")
async def resting(tmp_path_factory: pytest.TempPathFactory, two_neighbours: Model) -> AsyncIterator[Nodes]:
    """Centrum and Noord, who do nothing by themselves."""
    directory = tmp_path_factory.mktemp("resting")
    async with town_of_nodes.opened(directory, two_neighbours, started=False) as nodes:
        yield nodes


@pytest.fixture
def place(resting: Nodes) -> Place:
    return resting.places[0]


@pytest.fixture
def enemy(resting: Nodes, request: pytest.FixtureRequest) -> Liar:
    """Somebody new for each test."""
    return Liar(resting.wire, f"x{abs(hash(request.node.name))}")


def follow(enemy: Liar, place: Place) -> Document:
    return enemy.activity("Follow", place.home.actor, to=[place.home.actor])


async def refused(place: Place, enemy: Liar, activity: Document, key: SigningKey) -> None:
    async with untouched(place):
        assert (await enemy.says(place, activity, key=key, proved=False)).status_code == 401


async def test_what_many_say_at_once_for_the_first_time_is_all_believed(resting: Nodes, enemy: Liar) -> None:
    """Its key is fetched once, and nobody who waits for that is sent away."""
    place = resting.places[0]
    with resting.wire.holding(those(None, place.origin, enemy.origin)) as held:
        said = [asyncio.create_task(enemy.says(place, follow(enemy, place))) for _ in range(5)]
        await until_true(lambda: len(held))
        await asyncio.sleep(0.05)  # the others arrive as well
        held.release()
        answers = await asyncio.gather(*said)
    assert [answer.status_code for answer in answers] == [202] * 5
    assert len(enemy.asked) == 1


async def test_two_actors_of_one_host_that_name_the_same_key(place: Place, enemy: Liar) -> None:
    """It breaks nothing, and makes neither speak for the other."""
    assert (await enemy.says(place, follow(enemy, place))).status_code == 202
    stolen = key_called(enemy.key.key_id, enemy.reader)
    enemy.serve(enemy.application, described(enemy.application, "Application", enemy.reader, stolen))
    await enemy.reads(place, place.home.actor + "/outbox")
    await refused(place, enemy, follow(enemy, place), stolen)


async def test_a_stranger_may_change_its_key(place: Place, enemy: Liar) -> None:
    assert (await enemy.says(place, follow(enemy, place))).status_code == 202
    new = SigningKey(f"{enemy.actor}#ed25519-key-2", Ed25519PrivateKey.generate())
    enemy.serve(enemy.actor, {**enemy.group(), **described(enemy.actor, "Group", new)})
    place.door.asked.clear()  # some minutes go by
    assert (await enemy.says(place, follow(enemy, place), key=new)).status_code == 202
    old = await enemy.says(place, follow(enemy, place), key=enemy.key, proved=False)
    assert old.status_code == 401


async def test_a_third_actor_on_a_neighbours_host_is_nobody(pair: Nodes) -> None:
    """A22: who took over its web server, and not its keys, neither speaks nor reads as it does."""
    place, thief = pair.places[0], Liar(pair.wire)
    await thief.befriend(place)
    post = await place.asks()
    assert (await thief.reads(place, post.uri)).status_code == 200
    third = f"{thief.origin}/ap/third"
    key = SigningKey(f"{third}#key", Ed25519PrivateKey.generate())
    stolen = [key_called(one.key_id, key) for one in (thief.key, thief.reader)]
    thief.serve(third, described(third, "Application", key, *stolen))
    assert (await thief.reads(place, post.uri, key=key)).status_code == 404
    thief.serve(thief.actor, {**thief.group(), **described(thief.actor, "Group", stolen[0])})
    create = thief.activity("Create", thief.note(), to=[thief.adjacent])
    for fake in stolen:
        assert (await thief.says(place, create, key=fake)).status_code == 401
        assert (await thief.reads(place, post.uri, key=fake)).status_code == 404
    assert (await thief.says(place, {**create, "id": thief.uri()})).status_code == 202
    assert (await thief.reads(place, post.uri)).status_code == 200
    assert await place.count("posts") == 2


async def test_whoever_reads_our_actor_is_not_looked_up_for_that(strangers: Nodes) -> None:
    """Two nodes that meet read each other's actors to check a signature: if that in turn had to be checked by
    reading an actor, they would wait for each other."""
    a, b, _ = strangers
    a.door.unheard.add(b.origin)
    answer = await by_hand.signed(a, "GET", "/ap/actor", b.door.keys.application)
    assert answer.status_code == 200
    assert strangers.wire.log == []  # nobody was asked anything
