"""What people on a server made with Fedify say to a neighbourhood: answers, likes, and what is no good."""

from typing import Any

import pytest

from node.demo.place import Place
from tests.peers.conftest import PATIENCE, Resident
from tests.peers.fedify import Document, Fedify, NotDone
from tests.roof.neighbours import rows, until


@pytest.fixture
async def post(bea: Resident, ada: str) -> Document:
    """A request of Bea's, which everybody may read."""
    return await bea.asks("Wie sjouwt mee?")


async def answered(place: Place, there: Fedify, bea: Resident, post: Document) -> Document:
    """Ada's private answer to a post, as it stands with Bea."""
    group = place.settings.home.actor
    words = {"content": "<p>Ik kom wel even.</p>", "replyTo": post["uri"]}
    said = await there.says("ada", "create", group, **words)

    async def is_there() -> bool:
        return bool(await bea.answers(post))

    await until(is_there, PATIENCE)
    (answer,) = await bea.answers(post)
    return {**answer, "uri": said["object"]}


async def written(there: Fedify, words: str) -> Any:
    """The newest Note that says this, once it was taken in there."""

    async def told() -> list[Document]:
        return [one for one in await there.got("Create") if words in str(one["activity"])]

    await until(told, PATIENCE)
    newest = (await told())[-1]
    assert (newest["status"], newest["proved"]) == (202, True)
    return newest["activity"]["object"]


async def test_a_private_answer_stands_on_the_board(
    place: Place, there: Fedify, bea: Resident, post: Document
) -> None:
    answer = await answered(place, there, bea, post)
    assert (answer["text"], answer["from"]["name"]) == ("Ik kom wel even.", "Ada")


async def test_the_posters_words_come_back_as_a_direct_note(
    place: Place, there: Fedify, bea: Resident, post: Document, ada: str
) -> None:
    answer = await answered(place, there, bea, post)
    await bea.does("POST", f"/responses/{answer['id']}/messages", {"text": "Fijn! Om drie uur?"})
    note = await written(there, "Om drie uur?")
    assert (note["to"], note["inReplyTo"]) == ([ada], answer["uri"])
    assert "cc" not in note


async def test_an_answer_is_changed_and_taken_back(
    place: Place, there: Fedify, bea: Resident, post: Document
) -> None:
    answer = await answered(place, there, bea, post)
    group = place.settings.home.actor
    await there.says("ada", "update", group, object=answer["uri"], content="<p>Morgen pas.</p>")

    async def text() -> Any:
        return [one["text"] for one in await bea.answers(post)] == ["Morgen pas."]

    await until(text, PATIENCE)
    await there.says("ada", "delete", group, object=answer["uri"])

    async def gone() -> Any:
        return all(one["state"] == "withdrawn" for one in await bea.answers(post))

    await until(gone, PATIENCE)


async def test_an_agreement_comes_back_as_a_direct_note(
    place: Place, there: Fedify, bea: Resident, post: Document, ada: str
) -> None:
    answer = await answered(place, there, bea, post)
    await bea.does("POST", "/matches", {"request": post["id"], "response": answer["id"]})
    note = await written(there, "Afgesproken!")
    assert (note["to"], note["inReplyTo"]) == ([ada], answer["uri"])
    assert "cc" not in note


async def test_a_public_reply_waits_for_a_supervisor(
    place: Place, there: Fedify, bea: Resident, sam: Resident, post: Document
) -> None:
    words = {"content": "<p>Wat een goed idee!</p>", "replyTo": post["uri"], "open": True}
    said = await there.says("ada", "create", place.settings.home.actor, **words)

    async def waits() -> bool:
        return bool(await sam.waits_for("goed idee"))

    await until(waits, PATIENCE)
    (reply,) = await sam.waits_for("goed idee")
    assert (reply["uri"], reply["post"], reply["public"]) == (said["object"], post["id"], True)
    assert await bea.answers(post) == []
    await sam.does("POST", f"/replies/{reply['id']}/let-in")
    assert [answer["text"] for answer in await bea.answers(post)] == ["Wat een goed idee!"]


@pytest.mark.parametrize("verb", ["like", "announce"])
async def test_a_like_and_an_announce_are_counted(
    place: Place, there: Fedify, post: Document, ada: str, verb: str
) -> None:
    await there.says("ada", verb, place.settings.home.actor, object=post["uri"], shared=True)
    statement = "SELECT what, actor FROM applause WHERE post_id = ?"

    async def counted() -> bool:
        return rows(place, statement, post["id"]) == [{"what": verb, "actor": ada}]

    await until(counted, PATIENCE)


async def test_a_flag_fills_the_queue_of_the_supervisor_and_does_nothing_else(
    place: Place, there: Fedify, bea: Resident, sam: Resident, post: Document
) -> None:
    words = {"object": post["uri"], "content": "privacy: het huisnummer staat erin"}
    await there.says("ada", "flag", place.settings.home.actor, **words)

    async def reported() -> list[Any]:
        queue = (await sam.does("GET", "/queue"))["items"]
        return [one for case in queue if case["post"]["id"] == post["id"] for one in case["reports"]]

    await until(reported, PATIENCE)
    (report,) = await reported()
    assert (report["category"], report["text"]) == ("privacy", "het huisnummer staat erin")
    assert (await bea.does("GET", f"/requests/{post['id']}"))["state"] == "open"


async def test_a_proof_of_other_words_is_refused(place: Place, there: Fedify, post: Document) -> None:
    words = {"content": "<p>Ik kom.</p>", "replyTo": post["uri"], "spoiled": True}
    with pytest.raises(NotDone, match="401"):
        await there.says("ada", "create", place.settings.home.actor, **words)


async def test_who_leaves_takes_everything_along(
    place: Place, there: Fedify, bea: Resident, post: Document
) -> None:
    await answered(place, there, bea, post)
    await there.says("ada", "remove", place.settings.home.actor)

    async def gone() -> bool:
        return [(one["state"], one["text"]) for one in await bea.answers(post)] == [("withdrawn", "")]

    await until(gone, PATIENCE)
