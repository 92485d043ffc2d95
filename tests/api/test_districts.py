"""Which districts one sees, and the hub, as programs do it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from node.neighbourhood.node import Membership
from node.storage import lookups, nodes
from tests import town
from tests.api.programs import Here, asked, opened

NOBODY = {"requests": 0, "offers": 0, "notices": 0, "events": 0}


async def test_the_districts_the_nearest_first(here: Here) -> None:
    noord = await here.next_door()
    west = await here.database.writing(town.member, "aardewest")
    await here.told(noord)
    found = await here.get("helper", "/districts")
    assert found == {
        "items": [
            {
                "id": noord.id,
                "node": {"name": "Noord", "url": "https://noord.example"},
                "near": "next door",
                "wish": None,
                "shown": True,
                "open": {**NOBODY, "requests": 1},
            },
            {
                "id": west.id,
                "node": {"name": "Aardewest", "url": "https://aardewest.example"},
                "near": "town",
                "wish": None,
                "shown": False,
                "open": NOBODY,
            },
        ],
        "next": None,
    }
    first = await here.get("helper", "/districts", limit=1)
    second = await here.get("helper", "/districts", limit=1, cursor=first["next"])
    assert [*first["items"], *second["items"]] == found["items"]
    assert second["next"] is None


async def test_following_and_muting(here: Here) -> None:
    noord = await here.next_door()
    path = f"/nodes/{noord.id}/wish"

    async def wish(word: str, status: int = 200) -> dict[str, Any]:
        answer = await here.call("helper", "PUT", path, json={"wish": word})
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    for _ in range(2):
        muted = await wish("mute")
        assert (muted["wish"], muted["shown"]) == ("mute", False)
    assert (await wish("follow"))["shown"] is True
    assert set((await wish("love", 422))["errors"]) == {"wish"}
    assert (await here.get("other", "/districts"))["items"][0]["wish"] is None
    for _ in range(2):
        await here.delete("helper", path)
    assert (await here.get("helper", "/districts"))["items"][0]["wish"] is None
    strange = await here.next_door("ver", we_claim=False)
    path = f"/nodes/{strange.id}/wish"
    await wish("follow", 409)
    path = "/nodes/nowhere/wish"
    await wish("follow", 404)
    await here.delete("helper", path, 404)


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Here]:
    """The hub of the municipality, as programs meet it."""
    async with opened(tmp_path, kind="hub", area="GM0000", name="Waterhoven") as here:
        yield here


async def test_at_a_hub_a_request_is_for_the_municipality(hub: Here) -> None:
    assert (await hub.asks())["audience"] == "municipality"
    refused = await hub.post("poster", "/requests", asked(audience="adjacent"), 422)
    assert list(refused["errors"]) == ["audience"]


async def test_joining_and_leaving_a_hub(here: Here) -> None:
    asked = await here.post("operator", "/hub", {"address": "https://gemeente.example"}, 202)
    assert asked == {"address": "https://gemeente.example", "node": None}
    assert [one.subject for one in await here.database.reading(lookups.open_for, "hub")] == [asked["address"]]
    await here.delete("operator", "/hub", 409)
    ours = await here.database.writing(town.hub)
    assert (await here.get(None, "/node"))["hub"] == ours.actor
    assert (await here.get("helper", "/nodes"))["items"][0]["standing"] == "active"
    await here.post("operator", "/hub", {"address": "https://ander.example"}, 409)
    await here.delete("operator", "/hub")
    assert (await here.get(None, "/node"))["hub"] is None


async def test_a_hub_takes_in_says_no_and_puts_out(hub: Here) -> None:
    asking = {"membership": Membership.ASKED, "membership_uri": "https://west.example/ap/a/1"}
    west = await hub.database.writing(lambda tx: town.member(tx, "west", **asking))
    path = f"/nodes/{west.id}"
    assert (await hub.post("operator", f"{path}/admit", None, 200))["standing"] == "active"
    assert (await hub.post("operator", f"{path}/admit", None, 200))["standing"] == "active"
    await hub.post("operator", f"{path}/refuse-membership", {}, 409)
    assert (await hub.post("operator", f"{path}/expel", {"reason": "Spam"}, 200))["standing"] != "active"
    await hub.post("operator", f"{path}/expel", {}, 409)
    oost = await hub.database.writing(lambda tx: town.member(tx, "oost", **asking))
    await hub.post("operator", f"/nodes/{oost.id}/refuse-membership", {"reason": "Elders"}, 200)
    assert (await hub.database.reading(nodes.get, oost.id)).membership is Membership.REFUSED
    await hub.post("operator", f"/nodes/{oost.id}/refuse-membership", {"reason": "x" * 201}, 422)
    await hub.post("operator", "/hub", {"address": "https://ander.example"}, 409)


async def test_changed_keys_are_confirmed(here: Here) -> None:
    noord = await here.next_door(alarm="keys changed")
    for _ in range(2):
        await here.post("operator", f"/nodes/{noord.id}/confirm", None, 200)
    assert (await here.database.reading(nodes.get, noord.id)).alarm is None
    assert len(await here.database.reading(lookups.open_for, "actor")) == 1
