"""The hub carries on, whatever a member does: what is refused waits alone, what is over is not passed on."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from node.acts import hub as hubs
from node.clock import now
from node.federation.signatures import SigningKey
from node.neighbourhood.post import Post, State
from node.neighbourhood.refusal import Conflict
from node.neighbourhood.resident import console
from node.neighbourhood.response import ResponseState
from tests.federation.liar import Liar, described
from tests.federation.test_rotation import rotate
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import Exchange, until, until_true

Forward = Callable[[], Awaitable[httpx.Response]]


def relayed(town: Nodes, hub: Place, *to: Place, status: int | None = None) -> list[Exchange]:
    """The Creates that went from the hub to these, with this answer."""
    origins = {place.origin for place in to}
    found = [e for e in town.wire.log if e.kind == "Create" and e.sender == hub.origin and e.to in origins]
    return [e for e in found if status is None or e.status == status]


async def goes_on(town: Nodes, hub: Place, *to: Place) -> None:
    """What the hub itself says reaches them all, before what was refused is tried again."""
    other = await hub.asks("Van de gemeente", audience="municipality")
    for place in to:
        await place.holds(other)


async def test_one_members_new_key_keeps_no_other_waiting(town_with_hub: Nodes) -> None:
    """`wire.md` 5: a dead link is harmless. That between A and C is dead while A takes a new key."""
    a, _, c, hub = town_with_hub

    async def cut(exchange: Exchange, forward: Forward) -> httpx.Response:
        if {exchange.sender, exchange.to} == {a.origin, c.origin}:
            raise httpx.ConnectError("no way")
        return await forward()

    with town_with_hub.wire.meddling(cut):
        await rotate(a)
        first = await a.asks("Met de nieuwe sleutel", audience="municipality")
        await hub.holds(first)
        await until_true(lambda: relayed(town_with_hub, hub, c, status=401))
        await goes_on(town_with_hub, hub, c)
        assert await c.post(first) is None
    await a.change("destinations", due=now(), lease=None)
    await town_with_hub.quiet(a, c)
    await hub.change("deliveries", due=now())
    await hub.change("destinations", due=now(), lease=None)
    await c.holds(first)


async def test_a_lying_member_keeps_no_other_waiting(town_with_hub: Nodes) -> None:
    """It tells the hub alone of its second key, and signs with that: every other member answers 401."""
    *members, hub = town_with_hub
    liar = Liar(town_with_hub.wire)
    liar.serve(liar.actor, liar.group(hub=hub.home.actor))
    to = {"to": [hub.home.actor]}
    await liar.says(hub, liar.activity("Follow", hub.home.actor, **to))
    await liar.says(hub, liar.activity("Offer", liar.actor, target=hub.home.directory, **to))
    await hub.admits(liar)  # type: ignore[arg-type]  # it has an origin and an actor, which is all that counts
    for place in members:
        await until(_knows(place, liar))
    await town_with_hub.quiet()
    second = SigningKey(f"{liar.actor}#ed25519-key-2", Ed25519PrivateKey.generate())
    both = described(liar.actor, "Group", liar.key, second)
    await liar.says(hub, liar.activity("Update", both, **to))
    everybody = [liar.adjacent, hub.home.actor, hub.home.directory]
    create = liar.activity("Create", liar.note(to=everybody), to=everybody)
    assert (await liar.says(hub, create, key=second)).status_code == 202
    await until_true(lambda: len(relayed(town_with_hub, hub, *members, status=401)) >= len(members))
    await goes_on(town_with_hub, hub, *members)


def _knows(place: Place, liar: Liar) -> Callable[[], Awaitable[bool]]:
    async def fellow() -> bool:
        return liar.origin in await place.members()

    return fellow


async def waits_for_the_last(town: Nodes, title: str) -> Post:
    """A post of A that waits at the hub for C, whose node is down."""
    a, _, c, hub = town
    town.wire.down.add(c.origin)
    await c.stop()
    post = await a.asks(title, audience="municipality")
    await hub.holds(post)
    await until_true(lambda: [e for e in relayed(town, hub, c) if e.error])
    return post


async def heard_at_the_last(town: Nodes, words: str) -> list[str]:
    """C is back: which messages with these words reached it."""
    a, b, c, hub = town
    await town.quiet(a, b)
    town.wire.down.discard(c.origin)
    for place in (a, b, hub):
        await place.change("destinations", due=now(), lease=None)
    await town.quiet(a, b, hub)
    return [e.kind for e in town.wire.log if e.to == c.origin and e.status and words.encode() in e.body]


async def test_nothing_waits_for_a_member_that_was_put_out(town_with_hub: Nodes) -> None:
    *_, c, hub = town_with_hub
    await waits_for_the_last(town_with_hub, "Niet meer voor zuid")
    await hub.expels(c)
    assert await heard_at_the_last(town_with_hub, "Niet meer voor zuid") == []


async def test_nothing_waits_for_a_member_that_was_blocked(town_with_hub: Nodes) -> None:
    *_, c, hub = town_with_hub
    await waits_for_the_last(town_with_hub, "Niet meer voor zuid")
    await hub.blocks(c)
    assert await heard_at_the_last(town_with_hub, "Niet meer voor zuid") == []


async def test_words_that_were_taken_back_wait_nowhere(town_with_hub: Nodes) -> None:
    """`wire.md` 4: a Delete goes out at once; what still waits of it at the hub is not sent, and is gone."""
    a, _, _, hub = town_with_hub
    post = await waits_for_the_last(town_with_hub, "Toch maar niet")
    await a.withdraws(post)
    await hub.loses(post)
    assert await heard_at_the_last(town_with_hub, "Toch maar niet") == []
    rows = await hub.rows()
    assert [row for row in rows["activities"] if "Toch maar niet" in repr(row)] == []


async def test_who_only_follows_the_hub_is_pointed_to_public_posts(town_with_hub: Nodes) -> None:
    """`wire.md` 3: an Announce of the id, and only of what is public."""
    a, *_, hub = town_with_hub
    follower = Liar(town_with_hub.wire, "volger")
    await follower.says(hub, follower.activity("Follow", hub.home.actor, to=[hub.home.actor]))
    await town_with_hub.quiet()
    post, far = await a.asks(audience="public"), await a.asks(audience="municipality")
    await hub.holds(post)
    await hub.holds(far)
    await town_with_hub.quiet()
    heard = [(said["type"], said["object"]) for said in follower.got if said["type"] != "Accept"]
    assert heard == [("Announce", post.uri)]
    assert not town_with_hub.wire.said("Announce", hub.origin, a.origin), "members have it already"


async def test_an_operator_hears_once_who_wants_to_join(town_with_hub: Nodes) -> None:
    """R04."""
    *_, hub = town_with_hub
    before = len(await hub.letters("member asks"))
    liar = Liar(town_with_hub.wire)
    liar.serve(liar.actor, liar.group(hub=hub.home.actor))
    for _ in range(5):
        offer = liar.activity("Offer", liar.actor, target=hub.home.directory, to=[hub.home.actor])
        assert (await liar.says(hub, offer)).status_code == 202
    assert len(await hub.letters("member asks")) == before + 1


async def test_only_a_hub_decides_about_members(town_with_hub: Nodes) -> None:
    a, b, _, hub = town_with_hub
    for other in (b, hub):
        there = (await a.knows(other)).id
        with pytest.raises(Conflict, match="Only a hub"):
            await a.database.writing(hubs.admit, console(now()), there, now())
        for decide in (hubs.expel, hubs.refuse):
            with pytest.raises(Conflict, match="Only a hub"):
                await a.database.writing(decide, console(now()), there, "", now())
    assert await a.members() == {place.origin for place in town_with_hub} - {a.origin}


async def test_doubled_and_unheard_on_the_way_everything_happens_once(town_with_hub: Nodes) -> None:
    """Every message arrives twice and its sender hears of neither, on all ways to, from and past the hub."""
    a, b, c, hub = town_with_hub
    wire, told = town_with_hub.wire, ("Create", "Update", "Offer", "Accept")

    def which(exchange: Exchange) -> bool:
        return exchange.method == "POST" and exchange.kind in told

    with wire.losing_replies(which), wire.doubling(which):
        post = await a.asks("Een keer", audience="municipality")
        for place in (b, c, hub):
            await place.holds(post)
        yes = await c.answers(post)
        await a.heard(yes)
        await a.agrees(post, yes)
        await c.heard(yes, state=ResponseState.ACCEPTED)
    for place in town_with_hub:
        await place.change("destinations", due=now(), lease=None)
    await town_with_hub.quiet()
    for place in (a, b, c, hub):
        assert (await place.holds(post)).state is State.AGREED
        rows = await place.rows()
        assert len([row for row in rows["posts"] if post.uri in row]) == 1
    assert [len(await place.agreements(post)) for place in (a, c)] == [1, 1]
    assert len(await c.letters("agreed")) == 1
    assert len(await a.letters("answered")) == 1
