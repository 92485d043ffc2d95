"""The hub: joining, leaving, the directory, and what goes to everybody through it (`wire.md` 3 to 5)."""

import json

import pytest

from node.acts import hub as hubs
from node.clock import now
from node.federation import proofs
from node.neighbourhood.node import Membership
from node.neighbourhood.post import Audience, State
from node.neighbourhood.refusal import Conflict, NotAllowed
from node.neighbourhood.resident import console
from node.storage import lookups
from node.storage import nodes as kept_nodes
from tests.federation import by_hand
from tests.federation.test_copies import minute_goes_by
from tests.federation.town_of_nodes import Nodes
from tests.federation.wire import those, until


async def test_everybody_knows_everybody(town_with_hub: Nodes) -> None:
    places = list(town_with_hub)
    everywhere = {place.origin for place in places}
    for place in places:
        assert await place.members() == everywhere - {place.origin}
    a, _, c, hub = places
    assert await a.neighbours() == {places[1].origin}
    assert (await a.knows(c)).standing == "member"
    assert (await a.knows(hub)).standing == "active"
    assert (await hub.knows(a)).standing == "active"


async def test_a_post_for_the_municipality_reaches_every_member_byte_for_byte(town_with_hub: Nodes) -> None:
    a, b, c, hub = town_with_hub
    post = await a.asks(audience="municipality")
    for place in (b, c, hub):
        held = await place.holds(post, state=State.OPEN, author_name="Bea")
        assert held.audience is Audience.MUNICIPALITY
    await town_with_hub.quiet()
    creates = [e for e in town_with_hub.wire.log if e.kind == "Create"]
    assert len({e.body for e in creates}) == 1  # the bytes are the origin's, whoever carries them
    assert {(e.sender, e.to) for e in creates} == {
        (a.origin, b.origin),
        (a.origin, hub.origin),
        (hub.origin, b.origin),
        (hub.origin, c.origin),
    }
    said = creates[0].said
    assert said["to"] == [a.home.adjacent, hub.home.actor, hub.home.directory]
    await minute_goes_by(b, c, hub)
    copies = dict.fromkeys((b.name, c.name, hub.name), "holds")

    async def confirmed() -> bool:
        return await a.copies(post) == copies

    await until(confirmed)


async def test_what_is_for_next_door_is_not_for_the_hub(town_with_hub: Nodes) -> None:
    a, b, c, hub = town_with_hub
    post, secret = await a.asks(), await a.asks("Binnen", audience="neighbourhood")
    await b.holds(post)
    await town_with_hub.quiet()
    for place in (c, hub):
        assert await place.post(post) is None
    assert all([await place.post(secret) is None for place in (b, c, hub)])
    assert not any(
        post.uri.encode() in e.raw for e in town_with_hub.wire.log if hub.origin in (e.to, e.sender)
    )


async def test_edits_and_ends_are_heard_everywhere(town_with_hub: Nodes) -> None:
    a, b, c, hub = town_with_hub
    post = await a.asks(audience="municipality")
    await c.holds(post)
    await a.edits(post, title="Anders")
    for place in (b, c, hub):
        await place.holds(post, title="Anders")
    await a.withdraws(post)
    for place in (b, c, hub):
        await place.loses(post)
    await minute_goes_by(b, c, hub)

    async def gone() -> bool:
        return set((await a.copies(post)).values()) == {"gone"}

    await until(gone)


async def test_an_answer_from_a_member_that_is_not_next_door(town_with_hub: Nodes) -> None:
    a, b, c, hub = town_with_hub
    post = await a.asks(audience="municipality")
    yes = await c.answers(post)
    await a.agrees(post, yes)
    await c.heard(yes, state="accepted")
    await b.holds(post, state=State.AGREED)
    await hub.holds(post, state=State.AGREED)
    assert not [
        e
        for e in town_with_hub.wire.log
        if e.kind in ("Offer", "Accept") and hub.origin == e.to and e.said.get("party")
    ]


async def test_wider_and_narrower(town_with_hub: Nodes) -> None:
    a, b, c, hub = town_with_hub
    post = await a.asks()
    await b.holds(post, audience=Audience.ADJACENT)
    post = await a.edits(post, audience="municipality")
    for place in (b, c, hub):
        await place.holds(post, audience=Audience.MUNICIPALITY)
    narrow = await a.edits(post, audience="adjacent")
    for place in (c, hub):
        await place.loses(post)
    await b.holds(narrow, audience=Audience.ADJACENT)
    await town_with_hub.quiet()
    assert await c.post(narrow) is None


async def test_a_dead_hub_harms_nothing_between_neighbours(town_with_hub: Nodes) -> None:
    a, b, c, hub = town_with_hub
    town_with_hub.wire.down.add(hub.origin)
    await hub.stop()
    near, far = await a.asks("Naast de deur"), await a.asks("Overal", audience="municipality")
    await b.holds(near)
    yes = await b.answers(near)
    await a.agrees(near, yes)
    await b.heard(yes, state="accepted")
    await b.holds(far)
    assert await c.post(far) is None


async def test_a_hub_that_was_away_ends_with_the_same_set_everywhere(town_with_hub: Nodes) -> None:
    a, b, c, hub = town_with_hub
    town_with_hub.wire.down.add(hub.origin)
    await hub.stop()
    made = [await place.asks(f"Vraag {n}", audience="municipality") for n in range(4) for place in (a, b, c)]
    gone = made.pop(0)
    await a.withdraws(gone)
    hub = await town_with_hub.restart(hub)
    town_with_hub.wire.down.discard(hub.origin)
    hub.start()
    for place in town_with_hub:
        for post in made:
            await place.holds(post)
    await town_with_hub.quiet()
    for place in (b, c, hub):
        found = await place.post(gone)
        assert found is None or found.title == ""


async def test_leaving_calls_back_what_went_through_the_hub(town_with_hub: Nodes) -> None:
    a, b, c, hub = town_with_hub
    near, far = await a.asks(), await a.asks("Overal", audience="municipality")
    theirs = await c.asks("Van zuid", audience="municipality")
    for place in (b, c, hub):
        await place.holds(far)
    await a.holds(theirs)
    await a.leaves()
    for place in (c, hub):
        await place.loses(far)
    await a.loses(theirs)
    await minute_goes_by(c, hub, b)

    async def ledger() -> bool:
        return await a.copies(far) == {b.name: "holds", c.name: "gone", hub.name: "gone"}

    await until(ledger)
    await b.holds(near)
    await b.holds(far)  # still next door
    assert await a.members() == set()

    async def forgotten() -> bool:
        return a.origin not in await c.members() | await hub.members() | await b.members()

    await until(forgotten)
    with pytest.raises(Exception, match="no hub"):
        await a.asks(audience="municipality")


async def test_a_member_that_is_expelled(town_with_hub: Nodes) -> None:
    a, b, c, hub = town_with_hub
    far = await c.asks("Overal", audience="municipality")
    theirs = await a.asks("Van centrum", audience="municipality")
    await a.holds(far)
    await c.holds(theirs)
    await hub.expels(c)
    for place in (a, hub):
        await place.loses(far)
    await c.loses(theirs)
    assert (await b.holds(far)).title == far.title  # next door

    async def out() -> bool:
        return await c.members() == set() and c.origin not in await a.members()

    await until(out)
    await minute_goes_by(a, hub)

    async def ledger() -> bool:
        return {await_state for name, await_state in (await c.copies(far)).items() if name != b.name} == {
            "gone"
        }

    await until(ledger)


async def test_back_again_after_leaving(town_with_hub: Nodes) -> None:
    a, _, c, hub = town_with_hub
    far = await a.asks("Overal", audience="municipality")
    await c.holds(far)
    await a.leaves()
    await c.loses(far)
    await town_with_hub.quiet()
    await a.enters(hub)
    await hub.admits(a)
    await c.holds(far, title="Overal")


async def test_a_newcomer_sees_what_is_open(town_with_hub: Nodes) -> None:
    a, _, c, hub = town_with_hub
    await a.leaves()
    await town_with_hub.quiet()
    early = await c.asks("Van tevoren", audience="municipality")
    await town_with_hub.quiet()
    assert await a.post(early) is None
    await a.enters(hub)
    await hub.admits(a)
    await a.holds(early)


async def test_a_public_post_is_for_strangers_too(town_with_hub: Nodes) -> None:
    a, b, c, hub = town_with_hub
    post = await a.asks("Voor iedereen", audience="public")
    for place in (b, c, hub):
        assert (await place.holds(post)).audience is Audience.PUBLIC
    create = next(e.said for e in town_with_hub.wire.log if e.kind == "Create")
    assert create["to"] == ["https://www.w3.org/ns/activitystreams#Public"]
    assert hub.home.directory in create["cc"]


async def test_the_hubs_own_posts_reach_its_members(town_with_hub: Nodes) -> None:
    a, b, c, hub = town_with_hub
    post = await hub.asks("Van de gemeente", audience="municipality")
    for place in (a, b, c):
        held = await place.holds(post)
        assert held.audience is Audience.MUNICIPALITY


async def test_only_operators_join_admit_and_expel(town_with_hub: Nodes) -> None:
    a, _, c, hub = town_with_hub
    for who in (a.cast.poster, a.cast.broker, a.cast.outsider):
        with pytest.raises(NotAllowed):
            await a.database.writing(hubs.leave, who, now())
        with pytest.raises(NotAllowed):
            await hub.database.writing(hubs.expel, who, (await hub.knows(c)).id, "", now())
    with pytest.raises(Conflict, match="has a hub already"):
        await a.database.writing(hubs.ask, console(now()), "https://andere.example", now())
    with pytest.raises(Conflict, match="does not join"):
        await hub.database.writing(hubs.ask, console(now()), "https://andere.example", now())


async def test_the_hub_says_no(strangers: Nodes) -> None:
    """`strangers` has no hub: a neighbourhood cannot be one."""
    a, b, _ = strangers
    await a.database.writing(hubs.ask, console(now()), b.origin, now())

    async def failed() -> bool:
        found = await a.database.reading(lookups.open_for, "hub")
        return bool(found and found[0].error and "is not a hub" in found[0].error)

    await until(failed)


async def test_refused_with_a_reason(town_with_hub: Nodes) -> None:
    a, _, _, hub = town_with_hub
    await a.leaves()
    await town_with_hub.quiet()
    await a.enters(hub)

    async def asks() -> bool:
        return (await hub.knows(a)).membership is Membership.ASKED

    await until(asks)
    await hub.database.writing(hubs.refuse, console(now()), (await hub.knows(a)).id, "nog niet", now())

    async def refused() -> bool:
        return (await a.knows(hub)).membership is Membership.REFUSED

    await until(refused)
    assert await a.database.reading(kept_nodes.hub) is None


async def test_the_directory_and_the_actors_say_so(town_with_hub: Nodes) -> None:
    a, b, c, hub = town_with_hub
    answer = await by_hand.knock(hub, by_hand.Raw("GET", hub.home.directory, {}))
    assert sorted(answer.json()["items"]) == sorted(place.home.actor for place in (a, b, c))
    actor = json.loads((await by_hand.knock(a, by_hand.Raw("GET", a.home.actor, {}))).content)
    assert actor["hub"] == hub.home.actor
    actor = json.loads((await by_hand.knock(hub, by_hand.Raw("GET", hub.home.actor, {}))).content)
    assert actor["directory"] == hub.home.directory
    assert "adjacentNodes" not in actor


async def test_a_member_hears_of_others_from_its_own_hub_alone(town_with_hub: Nodes) -> None:
    a, b, _, hub = town_with_hub
    await town_with_hub.quiet()
    asked = len([e for e in town_with_hub.wire.log if those(path="/ap/hub/nodes")(e)])
    lie = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": b.home.uri("a", "1" * 32),
        "type": "Remove",
        "actor": b.home.actor,
        "to": [hub.home.directory],
        "object": a.home.actor,
        "target": hub.home.directory,
    }
    said = proofs.add(lie, b.door.keys.group, now())
    assert (await by_hand.posted(a, said, b.door.keys.group, proved=False)).status_code == 202
    await town_with_hub.quiet()
    assert len([e for e in town_with_hub.wire.log if those(path="/ap/hub/nodes")(e)]) == asked
    assert hub.origin in await a.members()
