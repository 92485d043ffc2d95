"""An enemy with an account on other software: in whose name can it speak, and what can it change or read?

Mo and Lia live on one honest server, Kwaad has one of its own. What Mo said stands here: a Follow, a Like, an
answer, and that he comes to an event.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from node.acts import posts
from node.clock import now
from node.federation import proofs
from node.federation.gate import Gate
from node.federation.signatures import SigningKey
from node.neighbourhood.account import Account
from node.neighbourhood.post import Audience, Post
from node.storage import accounts
from node.storage import responses as kept_responses
from tests import town
from tests.federation import town_of_nodes
from tests.federation.liar import AS, Document, described, key_called
from tests.federation.stillness import HEARD, untouched
from tests.federation.stranger import PUBLIC, Stranger
from tests.federation.town_of_nodes import Model, Place
from tests.federation.wire import Wire, until

MET = ("accounts", "keys")  # who wrote something here is known from then on


@dataclass
class Scene:
    """Where it happens, who is there, and what Mo said."""

    place: Place
    mo: Stranger
    lia: Stranger
    enemy: Stranger
    post: Post
    follow: Document
    like: Document
    reply: Document
    join: Document

    @property
    def others(self) -> tuple[Stranger, Stranger]:
        """A neighbour of Mo's on his server, and somebody from elsewhere."""
        return self.lia, self.enemy


@pytest.fixture(scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory, two_neighbours: Model) -> AsyncIterator[Scene]:
    async with town_of_nodes.opened(tmp_path_factory.mktemp("enemy"), two_neighbours) as nodes:
        place, mo, enemy = nodes.places[0], Stranger(nodes.wire), Stranger(nodes.wire, "kwaad", user="kees")
        lia = Stranger(Wire(), mo.name, user="lia")
        mo.served |= lia.served  # both live on one server
        follow = await mo.follows(place)
        post = await place.asks(audience=Audience.PUBLIC)
        plan = town.plans(at=now(), audience=Audience.PUBLIC)
        event = await place.database.writing(posts.post, place.cast.poster, plan, now())
        like, join = mo.does("Like", post.uri), mo.does("Join", event.uri)
        reply = mo.answers(post.uri, place.home.actor, "Ik kan dinsdag.")
        for said in (like, reply, join):
            assert (await mo.tells(place, said)).status_code == 202
        for one in (lia, enemy):  # their keys are known from now on
            assert (await one.tells(place, one.does("Like", place.home.actor))).status_code == 202
        await nodes.quiet()
        for each in nodes:
            await each.stop()
        yield Scene(place, mo, lia, enemy, post, follow, like, reply, join)


@pytest.fixture(autouse=True)
def _a_while_later(scene: Scene) -> None:
    scene.place.door.gate = Gate()


async def refused(scene: Scene, who: Stranger, activity: Any, **how: Any) -> None:
    """It is not proved: 401, and nothing is kept or asked."""
    async with untouched(scene.place, *HEARD):
        assert (await who.tells(scene.place, activity, **how)).status_code == 401


async def dropped(scene: Scene, who: Stranger, activity: Any, *but: str, **how: Any) -> None:
    """It is proved and means nothing: 202, and nothing is kept (but in these tables) or asked."""
    async with untouched(scene.place, *HEARD, *but):
        assert (await who.tells(scene.place, activity, **how)).status_code == 202


async def answer(scene: Scene) -> str:
    """The words of Mo's answer, as its poster reads them."""
    (found,) = await scene.place.database.reading(kept_responses.of_post, scene.post.id)
    return found.text


async def known(place: Place, who: Stranger) -> Account | None:
    return await place.database.reading(accounts.by_actor, who.person)


# Who speaks


async def test_a01_a_key_of_another_host_than_the_account_it_names(scene: Scene) -> None:
    key = SigningKey(f"{scene.enemy.origin}/sleutel#1", Ed25519PrivateKey.generate())
    method = described(scene.mo.person, "Person", key)["assertionMethod"][0]
    scene.enemy.serve(f"{scene.enemy.origin}/sleutel", {"@context": AS, **method})
    before = await scene.place.rows(*HEARD)
    said = scene.mo.does("Delete", scene.mo.person)
    assert (await scene.enemy.tells(scene.place, said, key=key)).status_code == 401
    assert await scene.place.rows(*HEARD) == before


async def test_a02_a_key_that_the_account_does_not_name(scene: Scene) -> None:
    key = SigningKey(f"{scene.mo.origin}/sleutel#1", Ed25519PrivateKey.generate())
    method = described(scene.mo.person, "Person", key)["assertionMethod"][0]
    scene.mo.serve(f"{scene.mo.origin}/sleutel", {"@context": AS, **method})
    before = await scene.place.rows(*HEARD)
    said = scene.mo.does("Delete", scene.mo.person)
    assert (await scene.mo.tells(scene.place, said, key=key)).status_code == 401
    assert await scene.place.rows(*HEARD) == before


async def test_a03_one_account_for_another_of_its_server(scene: Scene) -> None:
    for said in (scene.mo.does("Delete", scene.mo.person), scene.mo.does("Undo", scene.follow)):
        await refused(scene, scene.lia, said)
        await refused(scene, scene.lia, said, proved=scene.mo.pen)
    await refused(scene, scene.lia, scene.lia.does("Like", scene.post.uri), proved=scene.mo.pen)


async def test_a03_a_key_under_the_name_of_anothers(scene: Scene) -> None:
    stolen = key_called(scene.mo.pen.key_id, scene.lia.pen)
    await scene.place.change("keys", fetched=now())
    await refused(scene, scene.lia, scene.mo.does("Delete", scene.mo.person), key=stolen)


async def test_a04_a16_an_id_of_another_host_or_ours(scene: Scene) -> None:
    ours = scene.place.origin
    for uri in (f"{ours}/ap/a/1", f"{scene.mo.origin}/a/1", "https://kwaad.example.weg.example/1"):
        for kind, thing in (("Follow", scene.place.home.actor), ("Like", scene.post.uri)):
            await dropped(scene, scene.enemy, scene.enemy.does(kind, thing, id=uri))
        note = scene.enemy.answers(scene.post.uri, scene.place.home.actor, "Ik ben het.")
        await dropped(scene, scene.enemy, {**note, "id": uri})


@pytest.mark.parametrize("form", ["{}", "[{}]", "object", "[object]", "[{}, me]", "[me, {}]", "nobody"])
async def test_a05_attributed_to_another(scene: Scene, form: str) -> None:
    mo, me = scene.mo.person, scene.enemy.person
    forms: dict[str, Any] = {
        "{}": mo,
        "[{}]": [mo],
        "object": {"id": mo, "type": "Person"},
        "[object]": [{"id": mo, "type": "Person"}],
        "[{}, me]": [mo, me],
        "[me, {}]": [me, {"id": mo}],
        "nobody": [],
    }
    group = scene.place.home.actor
    said = scene.enemy.answers(scene.post.uri, group, "Ik ben Mo.", attributedTo=forms[form])
    await dropped(scene, scene.enemy, said)
    await dropped(scene, scene.enemy, {**said, "type": "Update"})


async def test_a06_a_note_of_another_host_inside_or_by_its_id(scene: Scene) -> None:
    note = scene.mo.answers(scene.post.uri, scene.place.home.actor, "Ik kan woensdag.")["object"]
    group = scene.place.home.actor
    for thing in (note, note["id"], [note], {**note, "attributedTo": scene.enemy.person}):
        await dropped(scene, scene.enemy, scene.enemy.does("Create", thing, to=[group]))
        await dropped(scene, scene.enemy, scene.enemy.does("Announce", thing, to=[PUBLIC]))


# What is somebody else's


async def test_a07_changing_what_another_wrote(scene: Scene) -> None:
    note = {**scene.reply["object"], "content": "<p>Ik kom toch niet, bel me op.</p>"}
    for who in scene.others:
        for owner in (scene.mo.person, who.person, [who.person, scene.mo.person]):
            await dropped(scene, who, who.does("Update", {**note, "attributedTo": owner}))
        await dropped(scene, who, who.does("Create", {**note, "attributedTo": who.person}), *MET)
        await dropped(scene, who, who.does("Update", scene.mo.document(inbox=who.inbox)))
    assert await answer(scene) == "Ik kan dinsdag."


async def test_a08_taking_away_what_another_did(scene: Scene) -> None:
    theirs = [scene.follow, scene.like, scene.join, scene.reply]
    for who in scene.others:
        for said in theirs:
            mine = {**said, "actor": who.person}
            for thing in (said, said["id"], mine):
                await dropped(scene, who, who.does("Undo", thing))
        for uri in (scene.reply["object"]["id"], scene.mo.person, scene.like["id"], scene.post.uri):
            for thing in (uri, {"id": uri, "type": "Tombstone"}):
                await dropped(scene, who, who.does("Delete", thing), "tombstones", "tries")
        await dropped(scene, who, who.does("Block", scene.mo.person))
        await dropped(scene, who, who.does("Move", scene.mo.person, target=who.person))


async def test_a09_a10_accepting_and_offering_is_for_nodes(scene: Scene) -> None:
    uri = scene.place.home.uri("a", "1")
    for kind in ("Accept", "Reject", "Invite", "Add", "Remove", "Offer", "Join"):
        said = scene.enemy.does(kind, uri, target=scene.place.home.actor)
        await dropped(scene, scene.enemy, said)
    await dropped(scene, scene.enemy, scene.enemy.offer(scene.post, actor=scene.enemy.person))


async def test_a16_an_account_that_says_it_lives_here(scene: Scene) -> None:
    here = f"{scene.place.origin}/ap/u/1"
    key = SigningKey(f"{here}#key", Ed25519PrivateKey.generate())
    await refused(scene, scene.enemy, scene.enemy.does("Follow", scene.place.home.actor, actor=here), key=key)
    note = scene.enemy.answers(scene.post.uri, scene.place.home.actor, "Hier!", id=f"{here}/1")
    await dropped(scene, scene.enemy, note)


CALLED = {
    "an address": "burgemeester@gemeente.example",
    "a handle": "@burgemeester@gemeente.example ",
    "turned round": "bea\u202eelpmaxe.trubuut",
    "marks": "<b>bea</b>",
    "nothing": "",
    "no text": {"name": "bea"},
    "no letter": "@@@",
}


@pytest.mark.parametrize("called", CALLED)
async def test_a18_a_handle_is_shown_on_its_own_host_alone(scene: Scene, called: str) -> None:
    who = Stranger(scene.place.wire, called.replace(" ", "-"), user="x@y.example")
    who.serve(who.person, who.document(preferredUsername=CALLED[called]))
    assert (await who.tells(scene.place, who.does("Follow", scene.place.home.actor))).status_code == 202
    found = await known(scene.place, who)
    assert found is not None
    name, _, host = found.handle.rpartition("@")
    assert host == who.origin.removeprefix("https://")
    assert name
    assert all(letter.isalnum() or letter in "._-" for letter in name), found.handle


async def test_a25_a_linked_data_signature_gives_nothing(scene: Scene) -> None:
    seal = {
        "type": "RsaSignature2017",
        "creator": f"{scene.mo.person}#main-key",
        "created": "2030-01-01T00:00:00Z",
        "signatureValue": "AAAA",
    }
    said = {**scene.mo.does("Delete", scene.mo.person), "signature": seal}
    await refused(scene, scene.lia, said, proved=False)
    await dropped(scene, scene.enemy, said, proved=False)


async def test_a26_what_another_hands_on_is_dropped_also_with_its_authors_proof(scene: Scene) -> None:
    said = proofs.add(scene.mo.does("Delete", scene.mo.person), scene.mo.pen, now())
    await dropped(scene, scene.enemy, said, proved=False)
    await refused(scene, scene.lia, said, proved=False)


async def test_what_was_spared_still_stands(scene: Scene) -> None:
    """So that all the above tried something that was there."""
    await scene.mo.tells(scene.place, scene.mo.does("Undo", scene.join))
    await scene.mo.tells(scene.place, scene.mo.does("Delete", scene.reply["object"]["id"]))

    async def gone() -> bool:
        return await answer(scene) == ""

    await until(gone)


async def test_what_was_written_to_others_and_changed_is_not_for_us(scene: Scene) -> None:
    note = scene.mo.writes("Mijn dagboek.", to=[f"{scene.mo.person}/followers"])["object"]
    for said in (scene.mo.does("Update", note), scene.mo.does("Create", note)):
        await dropped(scene, scene.mo, said)


async def test_r02_a_report_about_nothing_leaves_no_trace(scene: Scene) -> None:
    place, enemy = scene.place, scene.enemy
    nothing = place.home.uri("o", "0" * 32)
    for number in range(2):
        said = enemy.activity("Flag", [nothing], actor=enemy.application, content="spam")
        before = await place.rows("nodes.last_seen")
        assert (await enemy.tells(place, said, key=enemy.reader)).status_code == 202
        assert number == 0 or await place.rows("nodes.last_seen") == before
