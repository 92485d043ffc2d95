"""A new key: told in a message signed with the old one, so nobody has to take it on faith (`wire.md` 5)."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from node.acts import nodes
from node.clock import now
from node.federation import keys, proofs
from node.neighbourhood.refusal import NotAllowed
from node.neighbourhood.resident import console
from node.storage import nodes as kept_nodes
from tests import town
from tests.federation import by_hand
from tests.federation.liar import Liar, key_called
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import until


async def rotate(place: Place) -> None:
    """As the command does it."""
    keys.prepare(place.directory)
    shown = {key.key_id: keys.public(key) for key in place.door.keys.shown(now())}
    await place.database.writing(nodes.new_keys, console(now()), shown, now())
    keys.begin(place.directory, now() + timedelta(milliseconds=1))

    async def over() -> bool:
        return place.door.keys.group_at(now()) is place.door.keys.group

    await until(over)


async def alarm(place: Place, about: Place) -> str | None:
    return (await place.knows(about)).alarm


async def test_everybody_goes_on_as_if_nothing_happened(town_with_hub: Nodes) -> None:
    a, b, c, hub = town_with_hub
    old = a.door.keys.group.key_id
    before = await a.asks("Eerst", audience="municipality")
    await rotate(a)
    post = await a.asks("Daarna", audience="municipality")
    for place in (b, c, hub):
        await place.holds(before)
        await place.holds(post)
    await town_with_hub.quiet()
    assert a.door.keys.group.key_id == f"{a.home.actor}#ed25519-key-2" != old
    said = {e.said["object"]["id"]: e.said["proof"] for e in town_with_hub.wire.log if e.kind == "Create"}
    assert said[before.uri]["verificationMethod"] == old
    assert said[post.uri]["verificationMethod"] == a.door.keys.group.key_id
    for place in (b, c, hub):
        assert await alarm(place, a) is None
        known = await place.database.reading(kept_nodes.keys_of, a.home.actor)
        assert set(known) == {old, a.door.keys.group.key_id}
    yes = await c.answers(post)
    await a.agrees(post, yes)
    await c.heard(yes, state="accepted")


async def test_what_waited_is_still_signed_with_the_key_of_then(town_with_hub: Nodes) -> None:
    a, b, _, _ = town_with_hub
    town_with_hub.wire.down.add(b.origin)
    await b.stop()
    post = await a.asks("Eerst")
    await rotate(a)
    later = await a.asks("Daarna")
    town_with_hub.wire.down.discard(b.origin)
    b.start()
    await b.holds(post)
    await b.holds(later)
    assert await alarm(b, a) is None


async def test_a22_a_key_that_was_not_told_is_an_alarm_until_a_person_confirms(pair: Nodes) -> None:
    a, b = pair
    keys.prepare(a.directory)
    keys.begin(a.directory, now())  # nobody heard
    post = await a.asks()

    async def alarmed() -> bool:
        return await alarm(b, a) == "keys changed"

    await until(alarmed)
    assert await b.post(post) is None
    with pytest.raises(NotAllowed):
        await b.database.writing(nodes.confirm_keys, b.cast.broker, (await b.knows(a)).id, now())
    await b.database.writing(nodes.confirm_keys, console(now()), (await b.knows(a)).id, now())
    await a.change("destinations", due=now())
    await b.holds(post)
    assert await alarm(b, a) is None


async def test_a_key_told_by_somebody_else_counts_for_nothing(pair: Nodes) -> None:
    a, b = pair
    enemy = Liar(pair.wire)
    fake = key_called(f"{a.home.actor}#ed25519-key-2", enemy.key)
    methods = [
        {
            "id": key.key_id,
            "type": "Multikey",
            "controller": a.home.actor,
            "publicKeyMultibase": keys.public(key),
        }
        for key in (a.door.keys.group, fake)
    ]
    actor = {
        "id": a.home.actor,
        "type": "Group",
        "inbox": f"{a.home.actor}/inbox",
        "assertionMethod": methods,
    }
    lie = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": a.home.uri("a", "3" * 32),
        "type": "Update",
        "actor": a.home.actor,
        "to": [b.home.actor],
        "object": actor,
    }
    known = await b.database.reading(kept_nodes.keys_of, a.home.actor)
    for key, status in ((fake, 401), (enemy.key, 202)):
        said = json.dumps(proofs.add(lie, key, now())).encode()
        assert (await by_hand.posted(b, said, key)).status_code == status
    assert await b.database.reading(kept_nodes.keys_of, a.home.actor) == known


async def test_an_old_key_is_forgotten_after_a_month_without_an_alarm(pair: Nodes) -> None:
    a, _ = pair
    await rotate(a)
    await pair.quiet()
    month = now() + timedelta(days=32)
    assert len(a.door.keys.shown(now())) == 2
    assert [key.key_id for key in a.door.keys.shown(month)] == [a.door.keys.group.key_id]


def test_a_key_that_is_prepared_signs_nothing_until_it_begins(tmp_path: Path) -> None:
    own = keys.load_or_make(tmp_path, town.home())
    first = own.group
    keys.prepare(tmp_path)
    keys.prepare(tmp_path)  # a second time, after a crash in between
    assert own.group is first or own.group.key_id == first.key_id
    assert len(own.shown(now())) == 2
    at = now()
    keys.begin(tmp_path, at)
    keys.begin(tmp_path, at + timedelta(days=1))  # changes nothing
    assert own.group.key_id.endswith("-2")
    assert own.group_at(at - timedelta(seconds=1)).key_id == first.key_id
    assert keys.load_or_make(tmp_path, town.home()).group.key_id == own.group.key_id
