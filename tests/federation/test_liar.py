"""An enemy next door (`security.md`, A): nobody speaks for another, or is believed about another."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from node.acts import nodes as acts
from node.clock import now
from node.federation import proofs, vocabulary
from node.federation.signatures import SigningKey
from node.neighbourhood.post import Audience, Post
from node.neighbourhood.resident import console
from node.neighbourhood.response import ResponseState
from tests.federation.liar import Document, Liar, described
from tests.federation.stillness import HEARD, untouched
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import until, until_true

Lied = tuple[Nodes, Liar]


@pytest.fixture(scope="module")
async def held(lied_to: Lied) -> Post:
    """A post of Noord, as Centrum holds it."""
    (place, noord), _ = lied_to
    noord.start()
    post = await noord.asks("Wie kan er behangen?")
    here = await place.holds(post)
    await until(noord.idle)
    await noord.stop()
    return here


async def dropped(place: Place, liar: Liar, activity: Document, **how: Any) -> None:
    """It is heard, and means nothing."""
    async with untouched(place, *HEARD):
        response = await liar.says(place, activity, **how)
    assert response.status_code == 202, response.text


async def unproved(place: Place, liar: Liar, activity: Document, **how: Any) -> None:
    """It is refused, and nothing is stored; the enemy may be asked for its key."""
    before = await place.rows()
    response = await liar.says(place, activity, **how)
    assert response.status_code == 401, response.text
    assert await place.rows() == before


async def met(place: Place, name: str) -> Liar:
    """Another enemy, known here and no neighbour."""
    stranger = Liar(place.wire, name)
    follow = stranger.activity("Follow", stranger.actor)  # who asks for something is known from then on
    assert (await stranger.says(place, follow)).status_code == 202
    return stranger


async def test_a01_a_key_of_another_host_than_its_owner(lied_to: Lied) -> None:
    (place, noord), liar = lied_to
    key = SigningKey(f"{liar.origin}/ap/sleutel#key", liar.key.private)
    liar.serve(f"{liar.origin}/ap/sleutel", described(noord.home.actor, "Group", key))
    spoken = liar.activity("Create", liar.note(), actor=noord.home.actor)
    await unproved(place, liar, spoken, key=key)
    assert not [path for path in place.wire.asked(place.origin, noord.origin) if path.status is None]


async def test_a02_a_key_that_its_owner_does_not_name(lied_to: Lied) -> None:
    (place, _), _ = lied_to
    changes: list[Document] = [
        {"assertionMethod": []},
        {"assertionMethod": "https://x.example/#key"},
        {"controller": "https://noord.example/ap/buurt/noord"},
        {"id": "https://noord.example/ap/buurt/noord#key"},
        {"type": "JsonWebKey"},
        {"publicKeyMultibase": "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"},
        {"publicKeyMultibase": "zzz"},
    ]
    for number, change in enumerate(changes):
        stranger = Liar(place.wire, f"sleutel{number}")
        document = stranger.group()
        if "assertionMethod" in change:
            document |= change
        else:
            document["assertionMethod"][0] |= change
        stranger.serve(stranger.actor, document)
        await unproved(place, stranger, stranger.activity("Follow", place.home.actor))


async def test_a03_one_key_and_another_actor_of_the_same_host(lied_to: Lied) -> None:
    (place, _), liar = lied_to
    await unproved(place, liar, liar.activity("Create", liar.note()), key=liar.reader)
    spelled = liar.actor.replace("leugenaar.example", "LEUGENAAR.example")
    await unproved(place, liar, liar.activity("Create", liar.note(), actor=spelled))
    await unproved(place, liar, liar.activity("Create", liar.note(), actor=[liar.actor]))


async def test_a03_a_proof_by_another(lied_to: Lied) -> None:
    (place, noord), liar = lied_to
    for key in (
        liar.reader,
        noord.door.keys.group,
        SigningKey(liar.key.key_id, Ed25519PrivateKey.generate()),
    ):
        await unproved(place, liar, liar.activity("Create", liar.note()), proved=key)
    proved = proofs.add(liar.activity("Create", liar.note()), liar.key, now())
    await unproved(place, liar, {**proved, "to": ["https://x.example/"]}, proved=False)


async def test_a04_a16_an_id_of_another_host_or_ours(lied_to: Lied, held: Post) -> None:
    (place, noord), liar = lied_to
    for origin in (noord.origin, place.origin, "http://leugenaar.example", "https://leugenaar.example.evil"):
        await dropped(place, liar, liar.activity("Create", liar.note(), id=f"{origin}/ap/a/1"))
        await dropped(place, liar, liar.activity("Create", liar.note(f"{origin}/ap/o/1")))
        await dropped(place, liar, liar.activity("Update", liar.note(f"{origin}/ap/o/1")))
    await dropped(place, liar, liar.activity("Create", liar.note(held.uri)))
    await dropped(place, liar, liar.activity("Create", liar.note(), id=None))


async def test_a05_attributed_to_another(lied_to: Lied) -> None:
    (place, noord), liar = lied_to
    other = noord.home.actor
    for author in (other, [other], {"id": other}, [liar.actor, other], [{"id": other}, liar.actor], None, []):
        await dropped(place, liar, liar.activity("Create", liar.note(attributedTo=author)))


async def test_a06_a_post_of_another_host_inside(lied_to: Lied) -> None:
    (place, noord), liar = lied_to
    uri = noord.home.uri("o", "f" * 32)
    for author in (liar.actor, noord.home.actor):
        await dropped(place, liar, liar.activity("Create", liar.note(uri, attributedTo=author)))
    await dropped(place, liar, liar.activity("Create", uri))


async def test_a07_a_change_to_what_is_anothers(lied_to: Lied, held: Post) -> None:
    (place, noord), liar = lied_to
    ours = await place.asks("Van ons zelf")
    for uri, author in ((held.uri, noord.home.actor), (held.uri, liar.actor), (ours.uri, liar.actor)):
        later = liar.note(uri, attributedTo=author, name="Gekaapt", updated="2199-01-01T00:00:00Z")
        await dropped(place, liar, liar.activity("Update", later))


async def test_a07_what_an_owner_may_not_change(lied_to: Lied) -> None:
    (place, noord), liar = lied_to
    note = liar.note(to=[vocabulary.PUBLIC, liar.adjacent], updated="2026-01-01T00:00:00Z")
    assert (await liar.says(place, liar.activity("Create", note))).status_code == 202
    newer = {**note, "updated": "2026-01-02T00:00:00Z", "name": "Anders"}
    changes: list[Document] = [
        {"kind": "request"},
        {"attributedTo": noord.home.actor},
        {"id": noord.home.uri("o", "e" * 32)},
        {"to": [liar.adjacent]},
        {"to": [liar.actor]},
        {"to": []},
        {"updated": "2025-12-31T00:00:00Z"},
    ]
    for change in changes:
        await dropped(place, liar, liar.activity("Update", {**newer, **change}))
    assert (await liar.says(place, liar.activity("Update", newer))).status_code == 202
    kept = [row for row in (await place.rows())["posts"] if note["id"] in row]
    assert len(kept) == 1
    assert {"Anders", Audience.PUBLIC} <= set(kept[0])


async def test_a08_taking_away_what_is_anothers(lied_to: Lied, held: Post) -> None:
    (place, noord), liar = lied_to
    ours = await place.asks("Blijf eraf")
    await dropped(place, liar, liar.activity("Delete", liar.actor))
    for uri in (held.uri, ours.uri, place.home.actor, noord.home.actor):
        await dropped(place, liar, liar.activity("Delete", {"id": uri, "type": "Tombstone"}))
        await dropped(place, liar, liar.activity("Delete", uri))
        await dropped(place, liar, liar.activity("Block", uri))
        await dropped(place, liar, liar.activity("Undo", {"type": "Create", "id": uri}))
    follow = (await place.knows(noord)).their_follow_uri
    for thing in (follow, {"type": "Follow", "id": follow, "actor": noord.home.actor}):
        await dropped(place, liar, liar.activity("Undo", thing))


async def test_a09_a10_accepts_of_follows(lied_to: Lied) -> None:
    (place, _), liar = lied_to
    third = await met(place, "derde")
    await place.wants_at(third.origin)
    place.start()
    await until_true(lambda: [said for said in third.got if said["type"] == "Follow"])
    await until(place.idle)
    await place.stop()
    follow = next(said for said in third.got if said["type"] == "Follow")
    for uri in (follow, follow["id"]):
        await dropped(place, liar, liar.activity("Accept", uri))
        await dropped(place, liar, liar.activity("Reject", uri))
    for never in (
        place.home.uri("a", "0" * 32),
        {"type": "Follow", "actor": place.home.actor, "object": third.actor},
    ):
        await dropped(place, third, third.activity("Accept", never))
    await dropped(place, third, third.activity("Create", third.note()))
    assert (await place.knows(third)).our_follow == "pending"
    assert third.origin not in await place.neighbours()


async def test_a13_an_actor_by_another_name(lied_to: Lied) -> None:
    (place, noord), _ = lied_to
    moved = Liar(place.wire, "verhuisd")
    door = f"{moved.origin}/voordeur"
    key = SigningKey(f"{door}#key", moved.key.private)
    moved.serve(door, described(moved.actor, "Group", key))
    moved.serve(
        moved.actor,
        {**moved.group(), "assertionMethod": described(moved.actor, "Group", key)["assertionMethod"]},
    )
    assert (await moved.says(place, moved.activity("Like", "x"), key=key)).status_code == 202
    assert moved.asked == ["/voordeur", moved.actor.removeprefix(moved.origin)]
    for number, actor in enumerate((noord.home.actor, place.home.actor)):
        other = Liar(place.wire, f"verhuisd{number}")
        other.serve(other.actor, described(actor, "Group", other.key))
        theirs, sent = await noord.rows(), len(place.wire.log)
        await unproved(place, other, other.activity("Like", "x"), proved=False)
        assert await noord.rows() == theirs
        assert [exchange.to for exchange in place.wire.log[sent:]] == [other.origin]
    ring = Liar(place.wire, "kringetje")
    for number in range(5):
        uri = f"{ring.origin}/{number}"
        ring.serve(uri, {**ring.group(), "id": f"{ring.origin}/{number + 1}"})
    lost = SigningKey(f"{ring.origin}/0#key", ring.key.private)
    await unproved(place, ring, ring.activity("Like", "x"), key=lost, proved=False)
    assert len(ring.asked) == 2


@pytest.mark.parametrize(
    "kind",
    [
        *("text/html", "application/json", "image/png", "", "application/ld+json"),
        "application/activity+json+x",
        'application/ld+json; profile="https://x.example"',
        f'application/ld+jsonx; profile="{vocabulary.AS}"',
    ],
)
async def test_a15_an_actor_that_is_something_else(lied_to: Lied, kind: str) -> None:
    (place, _), _ = lied_to
    stranger = Liar(place.wire, "plaatje")
    stranger.serve(stranger.actor, stranger.group(), kind=kind)
    place.door.asked.clear()
    await unproved(place, stranger, stranger.activity("Follow", place.home.actor))
    assert stranger.asked


@pytest.mark.parametrize(
    "host",
    [
        *("LEUGENAAR.example", "leugenaar.example.", "leugenaar.example:443", "leugenaar.example:0443"),
        *("bea@leugenaar.example", "leugenaar.example\\x", "leugenaar。example", "leugenaar%2eexample"),
        *("noord.example@leugenaar.example", "leugenaar.example:8443", "xn--leugenaar.example"),
    ],
)
async def test_a20_spellings_of_a_host(lied_to: Lied, host: str) -> None:
    """The same host is the same node, at most: nobody becomes somebody else by another spelling."""
    (place, _), liar = lied_to
    place.door.asked.clear()
    path = liar.key.key_id.removeprefix(liar.origin)
    key = SigningKey(f"https://{host}{path}", liar.key.private)
    before = await place.rows()
    for actor in (liar.actor, key.key_id.split("#")[0]):
        if host.isascii():
            spoken = liar.activity("Create", liar.note(), actor=actor)
            assert (await liar.says(place, spoken, key=key, proved=False)).status_code in (400, 401)
        if actor != liar.actor:
            spoken = liar.activity("Create", liar.note(), actor=actor)
            assert (await liar.says(place, spoken, proved=False)).status_code in (202, 400, 401)
    after = await place.rows()
    assert [name for name in after if after[name] != before[name]] == []


async def test_a21_somebody_who_is_no_neighbour(lied_to: Lied) -> None:
    (place, _), _ = lied_to
    stranger = await met(place, "vreemdeling")
    for to in ([stranger.adjacent], [vocabulary.PUBLIC], [place.home.adjacent], [place.home.actor]):
        await dropped(place, stranger, stranger.activity("Create", stranger.note(to=to)))
        await dropped(place, stranger, stranger.activity("Update", stranger.note(to=to)))


async def test_a22_a_neighbours_key_changes(trio: Nodes) -> None:
    place, *_ = trio
    liar = Liar(trio.wire, "sleutelwissel")
    await liar.befriend(place)
    await place.stop()
    for key_id in (f"{liar.actor}#ed25519-key-2", liar.key.key_id):
        new = SigningKey(key_id, Ed25519PrivateKey.generate())
        liar.serve(
            liar.actor,
            {**liar.group(), "assertionMethod": described(liar.actor, "Group", new)["assertionMethod"]},
        )
        place.door.asked.clear()
        before = await place.rows("nodes")
        response = await liar.says(place, liar.activity("Create", liar.note()), key=new)
        assert response.status_code == 401
        assert await place.rows("nodes") == before
    node = await place.knows(liar)
    assert (node.alarm, node.active) == ("keys changed", True)
    assert (await liar.says(place, liar.activity("Create", liar.note()))).status_code == 202
    assert await place.count("posts") == 1


async def test_a22_the_key_that_a_neighbour_reads_with_changes(trio: Nodes) -> None:
    place, *_ = trio
    liar = Liar(trio.wire, "leeswissel")
    await liar.befriend(place)
    await place.stop()
    post = await place.asks()
    assert (await liar.reads(place, post.uri)).status_code == 200
    new = SigningKey(f"{liar.application}#key-2", Ed25519PrivateKey.generate())
    liar.serve(liar.application, described(liar.application, "Application", new))
    place.door.asked.clear()
    before = await place.rows("nodes")
    assert (await liar.reads(place, post.uri, new)).status_code == 404
    assert await place.rows("nodes") == before
    assert (await place.knows(liar)).alarm == "keys changed"


async def test_a_second_neighbourhood_on_one_origin_is_nobody(lied_to: Lied) -> None:
    (place, _), liar = lied_to
    actor = f"{liar.origin}/ap/buurt/tweede"
    key = SigningKey(f"{actor}#key", Ed25519PrivateKey.generate())
    liar.serve(actor, described(actor, "Group", key))
    before = await place.rows()
    spoken = liar.activity("Create", liar.note(attributedTo=actor), actor=actor)
    assert (await liar.says(place, spoken, key=key)).status_code == 202
    assert await place.rows() == before
    assert (await liar.reads(place, f"{place.home.actor}/outbox", key)).status_code == 200


async def test_a25_a_linked_data_signature_counts_for_nothing(lied_to: Lied) -> None:
    (place, noord), liar = lied_to
    signature = {
        "type": "RsaSignature2017",
        "creator": f"{noord.home.actor}#main-key",
        "signatureValue": "eA==",
    }
    post = liar.note(noord.home.uri("o", "d" * 32), attributedTo=noord.home.actor)
    spoken = liar.activity("Create", post, actor=noord.home.actor, id=noord.home.uri("a", "d" * 32))
    await dropped(place, liar, {**spoken, "signature": signature}, proved=False)


async def test_a26_handed_on_by_somebody_else(lied_to: Lied) -> None:
    (place, noord), liar = lied_to
    post = liar.note(noord.home.uri("o", "c" * 32), attributedTo=noord.home.actor, to=[noord.home.adjacent])
    spoken = liar.activity("Create", post, actor=noord.home.actor, id=noord.home.uri("a", "c" * 32))
    await dropped(place, liar, spoken, proved=noord.door.keys.group)
    await dropped(place, liar, spoken, proved=False)


async def test_a28_an_outbox_with_what_is_anothers(trio: Nodes) -> None:
    place, noord, _ = trio
    liar = Liar(trio.wire, "uitbak")
    await liar.befriend(place)
    await place.stop()
    odd: list[Any] = [liar.activity("Create", liar.note(kind=[])), liar.activity("Create", []), "x", None, []]
    taken = [
        liar.activity("Create", liar.note(noord.home.uri("o", "b" * 32), attributedTo=noord.home.actor)),
        liar.activity("Create", liar.note(place.home.uri("o", "b" * 32))),
        liar.activity("Create", liar.note(attributedTo=noord.home.actor)),
        liar.activity("Create", liar.note(), actor=noord.home.actor),
        liar.activity("Create", liar.note(), id=noord.home.uri("a", "b" * 32)),
    ]
    own = liar.note()
    page = {"type": "OrderedCollectionPage", "orderedItems": [*odd, *taken, liar.activity("Create", own)]}
    liar.serve(f"{liar.outbox}?page=1", {**page, "next": f"{noord.home.actor}/outbox?before="})
    before, sent = await place.count("posts"), len(trio.wire.log)
    liar.asked.clear()
    place.start()
    await until_true(lambda: f"{liar.outbox}?page=1".removeprefix(liar.origin) in liar.asked)
    await until(place.idle)
    await place.stop()
    assert await place.count("posts") == before + 1
    assert [row for row in (await place.rows())["posts"] if own["id"] in row]
    asked = [exchange.url for exchange in trio.wire.log[sent:] if exchange.to == noord.origin]
    assert asked.count(f"{noord.home.actor}/outbox?before=") <= 1  # its own, as at every start


# Answers and agreements


async def answered(place: Place, liar: Liar, offer: Document) -> Document:
    """What an Offer gets for an answer, as it stands ready to be sent."""
    assert (await liar.says(place, offer)).status_code == 202
    rows = await place.rows()
    found = [row for row in rows["activities"] if offer["id"] in row]
    return {"said": found[0][2], "facts": found[0][5]} if found else {}


async def test_an_answer_to_what_one_may_not_know_learns_nothing(lied_to: Lied, held: Post) -> None:
    (place, _), liar = lied_to
    stranger = await met(place, "antwoorder")
    inside = await place.asks("Alleen hier", audience="neighbourhood")
    near = await place.asks("Voor de buren")
    nothing = replace(near, uri=place.home.uri("o", "0" * 32))
    for who, post in ((liar, inside), (stranger, inside), (stranger, near), (liar, held), (stranger, held)):
        before = await place.rows("activities", "deliveries", "destinations", *HEARD)
        told = await answered(place, who, who.offer(post))
        assert await place.rows("activities", "deliveries", "destinations", *HEARD) == before
        assert told == await answered(place, who, who.offer(nothing))
        assert told["facts"]["reason"] == "unknown"


async def test_an_answer_for_somebody_elsewhere(lied_to: Lied) -> None:
    (place, noord), liar = lied_to
    post = await place.asks("Wie?")
    for origin in (noord.origin, place.origin, "http://leugenaar.example"):
        await dropped(place, liar, liar.offer(post, party={"id": f"{origin}/ap/p/1", "name": "Merel"}))
    await dropped(place, liar, liar.offer(post, party=None))


async def test_accepting_what_was_not_offered_to_one(lied_to: Lied, held: Post) -> None:
    (place, noord), liar = lied_to
    response = await place.answers(held)
    result = {"type": "Agreement", "id": liar.uri("g"), "attributedTo": liar.actor}
    theirs = {**result, "id": noord.home.uri("g", "1" * 32), "attributedTo": noord.home.actor}
    for uri in (response.uri, place.home.uri("a", "9" * 32), liar.uri(), noord.home.uri("a", "9" * 32)):
        for made in (result, theirs, None):
            await dropped(place, liar, liar.activity("Accept", uri, result=made))
        await dropped(place, liar, liar.activity("Reject", uri, reason="taken"))
        await dropped(place, liar, liar.activity("Undo", response.uri))
    assert (await place.heard(response)).state is ResponseState.PENDING


async def test_undoing_what_is_anothers(lied_to: Lied) -> None:
    (place, _), liar = lied_to
    second = Liar(place.wire, "tweede")
    place.start()
    await second.befriend(place)
    await place.stop()
    post = await place.asks("Wie dan?")
    offer = second.offer(post)
    assert (await second.says(place, offer)).status_code == 202
    for thing in (offer["id"], offer, {"type": "Offer", "id": offer["id"], "actor": liar.actor}, post.uri):
        await dropped(place, liar, liar.activity("Undo", thing))
    assert [row for row in (await place.rows())["responses"] if offer["id"] in row]


async def test_a_receipt_for_what_one_never_got(lied_to: Lied) -> None:
    (place, _), liar = lied_to
    stranger = await met(place, "ontvanger")
    await place.asks("Wie helpt?")
    sent = [row[1] for row in (await place.rows())["activities"]]
    await dropped(place, stranger, stranger.activity("Accept", sent[-90:]))
    inside = await place.asks("Niemand", audience="neighbourhood")
    await dropped(place, liar, liar.activity("Accept", [inside.uri, f"{inside.uri}#create"]))


async def test_following_something_else(lied_to: Lied) -> None:
    (place, noord), _ = lied_to
    stranger = await met(place, "volger")
    for thing in (
        place.home.application,
        noord.home.actor,
        place.origin,
        place.home.adjacent,
        stranger.actor,
        None,
    ):
        await dropped(place, stranger, stranger.activity("Follow", thing))


async def test_what_is_older_than_sixty_days(lied_to: Lied) -> None:
    (place, _), liar = lied_to
    old = (now() - timedelta(days=61)).isoformat()
    await dropped(place, liar, liar.activity("Create", liar.note(), published=old))
    await dropped(place, liar, liar.activity("Delete", liar.uri("o"), published=old))


async def test_what_nobody_knows_how_to_do(lied_to: Lied) -> None:
    (place, _), liar = lied_to
    for kind in (
        "Announce",
        "Move",
        "Add",
        "Remove",
        "Flag",
        "Like",
        "Join",
        "Invite",
        "create",
        "Create ",
        "",
    ):
        await dropped(place, liar, liar.activity(kind, liar.note()))
    await dropped(place, liar, liar.activity("Create", liar.note(type="Article")))


async def test_a_blocked_enemy_stays_out_until_let_in(lied_to: Lied) -> None:
    (place, _), _ = lied_to
    enemy = await met(place, "buitengezet")
    node = await place.knows(enemy)
    await place.database.writing(acts.block, console(now()), node.id, now())
    async with untouched(place):
        assert (await enemy.says(place, enemy.activity("Create", enemy.note()))).status_code == 403
