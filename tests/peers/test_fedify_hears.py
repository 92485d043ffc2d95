"""What we say to a server made with Fedify: it verifies each signature, each proof, and believes it."""

from node.demo.place import Place
from tests.peers.conftest import PATIENCE, Resident
from tests.peers.fedify import Document, Fedify
from tests.roof.neighbours import until


async def arrived(there: Fedify, kind: str, uri: str, count: int = 1) -> Document:
    """Wait until this activity about this object is there; the last request that brought it."""

    async def is_there() -> bool:
        return len(await there.got(kind, uri)) >= count

    await until(is_there, PATIENCE)
    return (await there.got(kind, uri))[-1]


def is_believed(told: Document, place: Place) -> bool:
    """Whether Fedify took it in, verified whose signature it bears, and its proof apart from that."""
    key = f"{place.settings.home.actor}#main-key"
    return (told["status"], told["key"], told["proved"]) == (202, key, True)


async def test_a_new_post_a_change_and_the_end_of_it(
    place: Place, there: Fedify, ada: str, bea: Resident
) -> None:
    post = await bea.asks("Wie leest voor?")
    create = await arrived(there, "Create", post["uri"])
    assert is_believed(create, place)
    await bea.does("PATCH", f"/requests/{post['id']}", {"text": "Uit de krant, graag."})
    update = await arrived(there, "Update", post["uri"])
    assert is_believed(update, place)
    assert "Uit de krant, graag." in update["activity"]["object"]["content"]
    await bea.does("DELETE", f"/requests/{post['id']}")
    delete = await arrived(there, "Delete", post["uri"])
    assert is_believed(delete, place)
    for kind in ("Create", "Update", "Delete"):
        assert post["uri"] in [told["object"] for told in await there.heard(kind)]


async def test_a_server_that_knows_one_kind_of_signature_is_reached_at_the_second_knock(
    place: Place, there: Fedify, ada: str, bea: Resident
) -> None:
    for refused, read in (("rfc9421", "draft-cavage"), ("draft-cavage", "rfc9421")):
        await there.refuses(refused)
        post = await bea.asks("Wie helpt?")

        async def taken_in(uri: str = post["uri"]) -> bool:
            return any(told["object"] == uri for told in await there.heard("Create"))

        await until(taken_in, PATIENCE)
        told = (await there.got("Create", post["uri"]))[-1]
        assert is_believed(told, place)
        assert told["family"] == read
    await there.refuses()
