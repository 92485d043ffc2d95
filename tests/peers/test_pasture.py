"""The actors of fediverse-pasture try a node, and send it whatever has been seen on the fediverse."""

from collections.abc import AsyncIterator

import pytest

from node.demo.place import Place
from node.neighbourhood.policy import A_MINUTE_MOST
from tests.peers import pasture
from tests.peers.conftest import PATIENCE, lets_in
from tests.peers.pasture import SIGNING, UNSIGNED, Pasture
from tests.roof.neighbours import answers, until

INPUTS, CASES = 262, 79


@pytest.fixture(scope="module")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pasture]:
    async with pasture.running(tmp_path_factory.mktemp("pasture")) as there:
        yield there


@pytest.fixture(scope="module", autouse=True)
async def _much_is_let_in(place: Place) -> None:
    """The pasture's one actor sends in a minute what others do in a day."""
    await lets_in(place, A_MINUTE_MOST)


@pytest.fixture(params=["group", "application"])
def actor(request: pytest.FixtureRequest, place: Place) -> str:
    """Each of the two actors that a node has."""
    home = place.settings.home
    return home.actor if request.param == "group" else home.application


async def test_who_signs_is_heard_and_who_does_not_is_refused(there: Pasture, actor: str) -> None:
    verdicts = await there.probes(actor)
    assert verdicts.pop("webfinger") is True
    assert verdicts == {
        **{name: {"get_actor": True, "post_inbox": False} for name in UNSIGNED},
        **{name: {"get_actor": True, "post_inbox": True} for name in SIGNING},
    }


@pytest.mark.parametrize("name", SIGNING)
async def test_our_yes_to_a_follow_bears_a_signature_that_bovine_verifies(
    place: Place, there: Pasture, name: str
) -> None:
    home, uri = place.settings.home, f"{there.origin}/follows/{name}"
    follow = {"id": uri, "type": "Follow", "object": home.actor}
    assert await there.says(name, f"{home.actor}/inbox", follow) == 202

    async def said_yes() -> bool:
        return any(
            said["type"] == "Accept" and said["object"]["id"] == uri and said["actor"] == home.actor
            for said in await there.got()
        )

    await until(said_yes, PATIENCE)


@pytest.mark.parametrize(("which", "count"), [("inputs", INPUTS), ("cases", CASES)])
async def test_whatever_has_been_seen_elsewhere_breaks_nothing_here(
    place: Place, there: Pasture, which: str, count: int
) -> None:
    sent = await there.replays(which, place.settings.home.actor)
    assert len(sent) == count
    assert {one["name"]: one["status"] for one in sent if one["status"] not in (202, 400, 401)} == {}
    assert 202 in [one["status"] for one in sent]
    await answers(place)
