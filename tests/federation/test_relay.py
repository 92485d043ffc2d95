"""What a hub hands on is believed for its author's own proof alone, and from one's own hub (`wire.md` 5)."""

import json
from dataclasses import replace
from typing import Any

import pytest

from node.acts import publish
from node.clock import now
from node.federation import activities, proofs
from node.neighbourhood.node import Membership
from node.neighbourhood.post import Post
from node.storage import nodes as kept_nodes
from tests.federation import by_hand
from tests.federation.liar import Liar
from tests.federation.stillness import HEARD, untouched
from tests.federation.town_of_nodes import Nodes, Place

Document = dict[str, Any]


async def said(of: Place, kind: str, post: Post, **change: Any) -> bytes:
    """A message about a post, proved by its home, as bytes that anybody may carry."""
    hub = await of.database.reading(kept_nodes.hub_actor)
    facts = {**publish.facts_of(post, hub), **publish.deletion(post, now()), **change}
    created = now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    uri = of.home.uri("a", f"{abs(hash((kind, created))):032x}")
    message = activities.activity(of.home, kind, uri, post.uri, facts, created, "")
    return json.dumps(proofs.add(message, of.door.keys.group, now())).encode()


async def carried(to: Place, by: Place, body: bytes) -> int:
    return (await by_hand.posted(to, body, by.door.keys.group)).status_code


@pytest.fixture
async def still(town_with_hub: Nodes) -> Nodes:
    """The town, and nobody does anything by itself."""
    for place in town_with_hub:
        await place.stop()
    return town_with_hub


async def test_the_hub_may_carry_a_members_message(still: Nodes) -> None:
    a, _, c, hub = still
    post = await a.asks(audience="municipality")
    assert await carried(c, hub, await said(a, "Create", post)) == 202
    assert await c.post(post) is not None


async def test_a26_one_byte_changed_by_a_hub_that_lies(still: Nodes) -> None:
    a, _, c, hub = still
    post = await a.asks(audience="municipality")
    body = await said(a, "Create", post)
    for lie in (body.replace(b"medicijnen", b"medicijneN"), body.replace(b'"open"', b'"opeN"', 1)):
        assert lie != body
        async with untouched(c):
            assert await carried(c, hub, lie) == 401


async def test_a26_carried_by_a_neighbour(still: Nodes) -> None:
    a, b, c, _ = still
    body = await said(a, "Create", await a.asks(audience="municipality"))
    async with untouched(c):
        assert await carried(c, b, body) == 202


async def test_carried_by_a_hub_that_is_not_ours(still: Nodes) -> None:
    a, _, c, _ = still
    enemy = Liar(still.wire)
    enemy.serve(enemy.actor, enemy.group(directory=f"{enemy.actor}/nodes"))
    body = await said(a, "Create", await a.asks(audience="municipality"))
    assert (await by_hand.posted(c, body, enemy.key)).status_code == 202
    assert await c.count("posts") == 0


@pytest.mark.parametrize("audience", ["adjacent", "neighbourhood"])
async def test_what_is_not_for_all_is_not_taken_from_the_hub(still: Nodes, audience: str) -> None:
    a, _, c, hub = still
    post = await a.asks()
    body = await said(a, "Create", post, audience=audience)
    async with untouched(c, *HEARD):
        assert await carried(c, hub, body) == 202
    assert await c.post(post) is None


async def test_a_post_of_somebody_who_is_no_member(still: Nodes) -> None:
    a, _, c, hub = still
    await c.change("nodes", membership="none", hub=None)
    ours = replace(await c.knows(hub), membership=Membership.MEMBER)
    await c.database.writing(kept_nodes.save, ours)
    body = await said(a, "Create", await a.asks(audience="municipality"))
    async with untouched(c):
        assert await carried(c, hub, body) == 202


async def test_a_proof_by_the_hub_itself_counts_for_nothing(still: Nodes) -> None:
    a, _, c, hub = still
    message = json.loads(await said(a, "Create", await a.asks(audience="municipality")))
    async with untouched(c):
        by_hub = proofs.add(message, hub.door.keys.group, now())
        assert await carried(c, hub, json.dumps(by_hub).encode()) == 401
        del message["proof"]
        assert await carried(c, hub, json.dumps(message).encode()) == 401


async def test_a_deleted_post_is_not_revived_by_a_carrier(still: Nodes) -> None:
    a, _, c, hub = still
    post = await a.asks(audience="municipality")
    create, update = await said(a, "Create", post), await said(a, "Update", post)
    assert await carried(c, hub, create) == 202
    assert await carried(c, hub, await said(a, "Delete", post)) == 202
    for late in (create, update):
        assert await carried(c, hub, late) == 202
        assert await c.post(post) is None


@pytest.mark.parametrize("kind", ["Follow", "Offer", "Undo", "Accept", "Flag", "Invite", "Remove"])
async def test_nothing_but_posts_is_carried(still: Nodes, kind: str) -> None:
    a, _, c, hub = still
    message = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": a.home.uri("a", "2" * 32),
        "type": kind,
        "actor": a.home.actor,
        "to": [c.home.actor, hub.home.directory],
        "object": c.home.actor,
        "target": hub.home.directory,
    }
    body = json.dumps(proofs.add(message, a.door.keys.group, now())).encode()
    async with untouched(c):
        assert await carried(c, hub, body) == 202


async def queued(hub: Place) -> int:
    return await hub.count("deliveries")


async def test_the_hub_hands_on_what_is_for_all_once(still: Nodes) -> None:
    a, b, _, hub = still
    before = await queued(hub)
    post = await a.asks(audience="municipality")
    body = await said(a, "Create", post)
    for _ in range(2):
        assert await carried(hub, a, body) == 202
    assert await queued(hub) == before + 2  # to the two others
    for by in (b, hub):  # carried by another: never passed on
        await carried(hub, by, await said(a, "Update", post, updated="2199-01-01T00:00:00.000Z"))
    assert await queued(hub) == before + 2


async def test_the_hub_hands_on_only_what_its_members_proved_for_all(still: Nodes) -> None:
    a, b, _, hub = still
    before = await queued(hub)
    near, far = await a.asks(), await a.asks(audience="municipality")
    unproved = json.loads(await said(a, "Create", far))
    del unproved["proof"]
    assert await carried(hub, a, await said(a, "Create", near)) == 202
    assert (await by_hand.posted(hub, unproved, a.door.keys.group, proved=False)).status_code == 202
    stranger = Liar(still.wire)
    lie = stranger.activity("Create", stranger.note(to=[hub.home.directory]), to=[hub.home.directory])
    assert (await stranger.says(hub, lie)).status_code == 202
    theirs = json.loads(await said(b, "Create", far))  # b says it is a's post
    assert (await by_hand.posted(hub, theirs, b.door.keys.group, proved=False)).status_code == 202
    assert await queued(hub) == before
