"""Our keys change, and a server made with Fedify goes on believing us."""

import asyncio

import pytest

from node.command import control
from node.demo.place import Place
from tests.peers.conftest import PATIENCE, Resident
from tests.peers.fedify import Document, Fedify
from tests.roof.neighbours import until


async def signing(place: Place) -> list[str]:
    """The keys with which our Group signs now."""
    said = await asyncio.to_thread(control.ask, place.folder, "key list", {})
    assert said is not None
    return [key["id"] for key in said["keys"] if key["signs"]]


@pytest.mark.parametrize("rsa", [True, False], ids=["rsa", "ed25519"])
async def test_a_new_key_is_told_with_the_old_one_and_then_believed(
    place: Place, there: Fedify, ada: str, bea: Resident, rsa: bool
) -> None:
    old = await signing(place)
    await asyncio.to_thread(control.ask, place.folder, "key rotate", {"rsa": rsa})
    new = await signing(place)
    assert len(set(old) & set(new)) == 1

    async def told() -> list[Document]:
        found = await there.got("Update", place.settings.home.actor)
        return [one for one in found if set(new) - set(old) <= set(keys_in(one["activity"]["object"]))]

    await until(told, PATIENCE)
    update = (await told())[0]
    assert (update["status"], update["proved"]) == (202, True)
    assert update["key"] in old
    assert update["activity"]["proof"]["verificationMethod"] in old
    post = await bea.asks("Wie heeft een sleutel?")

    async def arrived() -> list[Document]:
        return await there.got("Create", post["uri"])

    await until(arrived, PATIENCE)
    (create,) = await arrived()
    assert (create["status"], create["proved"]) == (202, True)
    assert create["key"] in new
    assert create["activity"]["proof"]["verificationMethod"] in new
    assert post["uri"] in [one["object"] for one in await there.heard("Create")]


def keys_in(actor: Document) -> list[str]:
    """The keys that an actor's document names."""
    shown = [actor["publicKey"]] if isinstance(actor["publicKey"], dict) else actor["publicKey"]
    return [key["id"] for key in [*shown, *actor["assertionMethod"]]]
