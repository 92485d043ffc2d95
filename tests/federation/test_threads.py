"""Messages of a thread go from one home of an Offer to the other, and nowhere else."""

import json
from typing import Any

import pytest

from node.clock import now
from node.federation import proofs
from node.neighbourhood.node import Membership, NodeKind
from node.storage import nodes as kept_nodes
from node.storage.database import Transaction
from tests.federation import by_hand, talks
from tests.federation.liar import Document, Liar
from tests.federation.queue import failed, time_goes_by
from tests.federation.stillness import HEARD, untouched
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import those, until_true

Lied = tuple[Nodes, Liar]


def message(liar: Liar, place: Place, offer_uri: str, uri: str = "", **change: Any) -> Document:
    """A message as a node of ours would send it."""
    usual = {
        "id": uri or liar.uri("m"),
        "type": "Note",
        "attributedTo": liar.actor,
        "to": [place.home.actor],
        "context": offer_uri,
        "content": "<p>Geef me je adres.</p>",
        "source": {"content": "Geef me je adres.", "mediaType": "text/plain"},
    }
    note = {name: value for name, value in {**usual, **change}.items() if value is not None}
    return liar.activity("Create", note, to=[place.home.actor])


async def test_the_two_write_to_each_other_over_the_border(pair: Nodes) -> None:
    a, b = pair
    talk = await talks.answered(a, b)
    await talk.writes(a, "Kan het om elf uur?")
    await talk.reads(b, "Kan het om elf uur?")
    await talk.writes(b, "Ja hoor.\nTot <b>dan</b>!")
    await talk.reads(a, "Kan het om elf uur?", "Ja hoor.\nTot <b>dan</b>!")
    await pair.quiet()
    first, second = pair.wire.said("Create", a.origin)[-1], pair.wire.said("Create", b.origin)[-1]
    for said, home, other in ((first, a.home, b.home), (second, b.home, a.home)):
        note = said["object"]
        assert (said["to"], said["actor"]) == ([other.actor], home.actor)
        assert set(note) == {"id", "type", "attributedTo", "to", "context", "content", "source"}
        assert (note["to"], note["context"]) == ([other.actor], talk.merel.uri)
        assert note["id"].startswith(f"{home.origin}/ap/m/")
    assert second["object"]["content"] == "<p>Ja hoor.<br>Tot &lt;b&gt;dan&lt;/b&gt;!</p>"
    assert await b.letters("wrote") == [b.cast.helper.id]
    assert await a.letters("wrote") == [a.cast.poster.id]
    assert "Accept" not in {e.kind for e in pair.wire.log if first["id"] in e.body.decode()}, "no receipt"


async def test_it_is_in_no_outbox_and_only_its_reader_gets_it(trio: Nodes) -> None:
    a, b, c = trio
    talk = await talks.answered(a, b)
    message = await talk.writes(a, "Kanarie in de gang")
    await talk.reads(b, "Kanarie in de gang")
    path = message.uri.removeprefix(a.origin)
    keys = b.door.keys
    nothing = await by_hand.signed(a, "GET", "/ap/m/" + "0" * 32, keys.application)
    assert nothing.status_code == 404
    for key in (c.door.keys.application, c.door.keys.group, a.door.keys.application):
        found = await by_hand.signed(a, "GET", path, key)
        assert (found.status_code, found.content, found.headers.raw) == (
            404,
            nothing.content,
            nothing.headers.raw,
        )
    unsigned = await by_hand.knock(a, by_hand.Raw("GET", message.uri, {}))
    assert (unsigned.status_code, unsigned.content) == (404, nothing.content)
    found = await by_hand.signed(a, "GET", path, keys.application)
    assert found.status_code == 200
    assert found.json()["source"]["content"] == "Kanarie in de gang"
    for key in (keys.application, c.door.keys.application):
        page = await by_hand.signed(a, "GET", f"/ap/buurt/{a.home.slug}/outbox?before=", key)
        assert b"Kanarie" not in page.content
        assert talk.post.uri.encode() in page.content
    await talk.takes_back(a, message)
    await talk.reads(b, "")
    assert (await by_hand.signed(a, "GET", path, keys.application)).status_code == 404
    there = await by_hand.signed(b, "GET", path, a.door.keys.application)
    assert there.status_code == 404, "the reader hands nothing on"


async def test_a_message_taken_back_goes_at_the_other_too(pair: Nodes) -> None:
    a, b = pair
    talk = await talks.answered(a, b)
    one, two = await talk.writes(a, "Een"), await talk.writes(a, "Twee")
    await talk.reads(b, "Een", "Twee")
    await talk.takes_back(a, one)
    await talk.reads(b, "", "Twee")
    await pair.quiet()
    assert await talk.read(a) == ["", "Twee"]
    deleted = pair.wire.said("Delete", a.origin)[-1]
    assert deleted["to"] == [b.home.actor]
    assert deleted["object"]["id"] == one.uri
    assert deleted["object"]["type"] == "Tombstone"
    assert (await a.count("receipts"), await b.count("receipts")) == (0, 0)
    assert b"Een" not in b"".join([row for (row,) in await bodies(a)])
    assert two.deleted is None


async def bodies(place: Place) -> list[tuple[bytes]]:
    return [(row[6],) for row in (await place.rows())["activities"] if row[6] is not None]


async def test_it_goes_on_when_the_border_is_closed(pair: Nodes) -> None:
    a, b = pair
    talk = await talks.agreed(pair, a, b)
    await a.ends(b)
    await b.loses(talk.post)
    await talk.writes(b, "Geldt onze afspraak nog?")
    await talk.reads(a, "Geldt onze afspraak nog?")
    await talk.writes(a, "Ja.")
    await talk.reads(b, "Geldt onze afspraak nog?", "Ja.")


async def test_a_message_that_comes_twice_or_after_its_delete_is_nothing_new(pair: Nodes) -> None:
    a, b = pair
    talk = await talks.answered(a, b)
    with pair.wire.doubling(those("Create", a.origin)):
        message = await talk.writes(a, "Een")
        await talk.reads(b, "Een")
        await pair.quiet()
    assert await talk.read(b) == ["Een"]
    with pair.wire.holding(those("Create", a.origin)) as held:
        other = await talk.writes(a, "Twee")
        await until_true(lambda: held.waiting)
        exchange = held.waiting[0][0]
        await talk.takes_back(a, other)
        held.let_go(arrives=False)
    await failed(a, b, 1)
    await time_goes_by(a)
    await until_true(lambda: pair.wire.said("Delete", a.origin))
    assert (await pair.wire.carried(exchange)).status_code == 202
    assert await talk.read(b) == ["Een"]
    assert message.text == "Een"


# The enemy


async def test_a_third_node_writes_in_no_thread(lied_to: Lied) -> None:
    nodes, liar = lied_to
    a, b = nodes
    async with talks.working(a, b):
        talk = await talks.answered(a, b, "Voor de leugenaar")
    for offer_uri in (talk.merel.uri, talk.post.uri, liar.uri(), f"{a.origin}/ap/a/none"):
        async with untouched(a, *HEARD):
            assert (await liar.says(a, message(liar, a, offer_uri))).status_code == 202
    async with untouched(a, *HEARD):
        as_if = message(liar, a, talk.merel.uri, f"{b.origin}/ap/m/1", attributedTo=b.home.actor)
        assert (await liar.says(a, as_if)).status_code == 202
        in_its_name = {**message(liar, a, talk.merel.uri), "actor": b.home.actor}
        assert (await liar.says(a, in_its_name)).status_code == 202


async def test_a_partner_writes_only_in_its_own_threads_and_to_us_alone(lied_to: Lied) -> None:
    nodes, liar = lied_to
    a, _ = nodes
    post = await a.asks("Voor de leugenaar alleen")
    offer = liar.offer(post, to=[a.home.actor])
    assert (await liar.says(a, offer)).status_code == 202
    elsewhere = [a.home.actor, "https://www.w3.org/ns/activitystreams#Public"]
    wrong: list[Document] = [
        {"to": elsewhere},
        {"to": None},
        {"cc": [a.home.adjacent]},
        {"attributedTo": f"{liar.origin}/ap/actor"},
        {"attributedTo": None},
        {"source": None},
        {"source": {"content": 7}},
        {"source": {"content": " \n "}},
        {"source": {"content": "a" * 4001}},
        {"inReplyTo": post.uri},
        {"kind": "request"},
        {"uri": liar.uri("o")},
        {"uri": f"{a.origin}/ap/m/1"},
    ]
    for change in wrong:
        async with untouched(a, *HEARD):
            said = message(liar, a, offer["id"], **change)
            assert (await liar.says(a, said)).status_code == 202, change
    outside = message(liar, a, offer["id"])
    async with untouched(a, *HEARD):
        await liar.says(a, {**outside, "to": elsewhere})
        await liar.says(a, {**message(liar, a, offer["id"]), "type": "Update"})
    before = await a.count("messages")
    assert (await liar.says(a, message(liar, a, offer["id"]), key=liar.reader)).status_code == 401
    assert (await liar.says(a, message(liar, a, offer["id"]))).status_code == 202
    assert await a.count("messages") == before + 1


async def test_a_liar_deletes_only_its_own(lied_to: Lied) -> None:
    nodes, liar = lied_to
    a, b = nodes
    async with talks.working(a, b):
        talk = await talks.answered(a, b, "Nog een voor de leugenaar")
        theirs = await talk.writes(b, "Van Merel")
        await talk.reads(a, "Van Merel")
        ours = await talk.writes(a, "Van Bea")
    for uri in (theirs.uri, ours.uri):
        async with untouched(a, *HEARD):
            gone = liar.activity("Delete", {"id": uri, "type": "Tombstone"}, to=[a.home.actor])
            assert (await liar.says(a, gone)).status_code == 202


async def test_a_neighbour_does_not_delete_what_we_wrote(lied_to: Lied) -> None:
    """Not even the reader: each takes back its own."""
    nodes, _ = lied_to
    a, b = nodes
    async with talks.working(a, b):
        talk = await talks.answered(a, b, "En nog een")
        ours = await talk.writes(a, "Van Bea")
        await talk.reads(b, "Van Bea")
    said = {"@context": "x", "id": b.home.uri("a", "f" * 32), "type": "Delete", "actor": b.home.actor}
    async with untouched(a, *HEARD):
        gone = {**said, "object": {"id": ours.uri, "type": "Tombstone"}, "to": [a.home.actor]}
        assert (await by_hand.posted(a, gone, b.door.keys.group)).status_code == 202
    assert await talk.read(a) == ["Van Bea"]


@pytest.mark.parametrize("named", [True, False], ids=["addressed to all", "to us"])
async def test_nobody_carries_a_message(lied_to: Lied, named: bool) -> None:
    """Not even our own hub: what is for one alone comes from its writer alone."""
    nodes, liar = lied_to
    a, b = nodes
    async with talks.working(a, b):
        talk = await talks.answered(a, b, f"Gedragen {named}")
    directory = f"{liar.actor}/nodes"

    def crown(tx: Transaction) -> None:
        """The enemy is our hub, and our neighbour one of its members."""
        hub, member = kept_nodes.by_origin(tx, liar.origin), kept_nodes.by_origin(tx, b.origin)
        assert hub is not None
        assert member is not None
        crowned = {"kind": NodeKind.HUB, "membership": Membership.MEMBER, "directory": directory}
        kept_nodes.save(tx, type(hub)(**{**vars(hub), **crowned}))
        kept_nodes.save(tx, type(member)(**{**vars(member), "membership": Membership.MEMBER}))

    before = await a.rows()
    await a.database.writing(crown)
    note = message(liar, a, talk.merel.uri, b.home.uri("m", "e" * 32), attributedTo=b.home.actor)["object"]
    to = [a.home.actor, *([directory] if named else [])]
    said = {"id": b.home.uri("a", "e" * 31 + str(int(named))), "type": "Create", "actor": b.home.actor}
    proved = proofs.add(
        {"@context": liar.group()["@context"], **said, "object": {**note, "to": to}, "to": to},
        b.door.keys.group,
        now(),
    )
    async with untouched(a, *HEARD):
        answer = await by_hand.posted(a, json.dumps(proved).encode(), liar.key, proved=False)
        assert answer.status_code == 202
    assert await talk.read(a) == []

    def uncrown(tx: Transaction) -> None:
        for origin in (liar.origin, b.origin):
            node = kept_nodes.by_origin(tx, origin)
            assert node is not None
            rows = {row[0]: row for row in before["nodes"]}
            kind, membership = rows[node.id][4], rows[node.id][16]
            back = {"kind": kind, "membership": membership, "directory": rows[node.id][19]}
            kept_nodes.save(tx, type(node)(**{**vars(node), **back}))

    await a.database.writing(uncrown)
