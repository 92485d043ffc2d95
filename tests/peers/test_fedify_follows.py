"""An account on a server made with Fedify follows a neighbourhood, and lets go again."""

import asyncio
import json

from node.demo.place import Place
from tests.peers.conftest import PATIENCE, Resident, follow_by
from tests.peers.fedify import Fedify
from tests.roof.neighbours import until


async def followers(place: Place) -> int:
    path = f"{place.settings.home.actor}/followers".removeprefix(place.origin)
    status, said = await asyncio.to_thread(place.call, "GET", path)
    assert status == 200
    return int(json.loads(said)["totalItems"])


async def test_an_account_follows_and_hears_that_it_may(place: Place, there: Fedify) -> None:
    before = await followers(place)
    await follow_by(place, there, "ada")
    (accept,) = await there.got("Accept")
    assert accept["status"] == 202
    assert accept["key"] == f"{place.settings.home.actor}#main-key"
    assert accept["activity"]["object"]["actor"] == there.person("ada")
    assert [told["actor"] for told in await there.heard("Accept")] == [place.settings.home.actor]
    assert await followers(place) == before + 1


async def test_an_account_that_shows_itself_to_signed_questions_alone_follows(
    place: Place, there: Fedify
) -> None:
    await follow_by(place, there, "mien")
    asked = [told for told in await there.requests("GET") if told["path"] == "/people/mien"]
    ours = [told for told in asked if told["family"]]  # Fedify asks itself too, without signing
    assert [(told["status"], told["key"]) for told in ours] == [
        (200, f"{place.settings.home.application}#main-key")
    ]


async def test_who_lets_go_hears_nothing_more(place: Place, there: Fedify, bea: Resident) -> None:
    group = place.settings.home.actor
    said = await there.says("ada", "follow", group, object=group)
    await follow_by(place, there, "mien")
    before = await followers(place)
    await there.says("ada", "undo", group, object=said["id"])

    async def gone() -> bool:
        return await followers(place) == before - 1

    await until(gone, PATIENCE)
    post = await bea.asks("Wie haalt een pakje op?")

    async def arrived() -> bool:
        return bool(await there.got("Create", post["uri"]))

    await until(arrived, PATIENCE)
    told = await there.got("Create", post["uri"])
    assert there.person("ada") not in str([one["path"] for one in told])


async def test_who_blocks_us_follows_no_more(place: Place, there: Fedify, ada: str) -> None:
    group, before = place.settings.home.actor, await followers(place)
    await there.says("ada", "block", group, object=group)

    async def gone() -> bool:
        return await followers(place) == before - 1

    await until(gone, PATIENCE)
