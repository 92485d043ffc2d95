"""A new key: told in a message signed with the old one, so nobody has to take it on faith (`wire.md` 5)."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from node.acts import nodes
from node.clock import now
from node.federation import cavage, keyring, keys, proofs, public_key
from node.federation.message import Kind
from node.neighbourhood.refusal import NotAllowed
from node.neighbourhood.resident import console
from node.storage import nodes as kept_nodes
from tests import town
from tests.federation import by_hand
from tests.federation.liar import Liar, key_called
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import until


async def rotate(place: Place, kind: Kind = Kind.ED25519) -> None:
    """As the command does it."""
    keys.prepare(place.directory, kind)
    own = place.door.keys
    shown = {key.key_id: keys.public(key) for key in own.all_shown(now())}
    await place.database.writing(nodes.new_keys, console(now()), shown, now())
    keys.begin(place.directory, now() + timedelta(milliseconds=1), kind)

    async def over() -> bool:
        return own.of_group(now()) == own.of_group()

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
        assert set(known) == {old, a.door.keys.group.key_id, f"{a.home.actor}#main-key"}
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


async def test_the_key_for_other_software_changes_apart_from_the_other(pair: Nodes) -> None:
    a, b = pair
    old = a.door.keys.of_group()
    await rotate(a, Kind.RSA)
    await b.holds(await a.asks())
    await pair.quiet()
    new = a.door.keys.of_group()
    assert (new.ed25519.key_id, new.rsa.key_id) == (old.ed25519.key_id, f"{a.home.actor}#main-key-2")
    assert await alarm(b, a) is None
    assert set(await b.database.reading(kept_nodes.keys_of, a.home.actor)) == {
        old.ed25519.key_id,
        old.rsa.key_id,
        new.rsa.key_id,
    }


async def test_the_actor_shows_the_rsa_key_that_signs_and_those_of_a_month(pair: Nodes) -> None:
    a, _ = pair

    async def shown() -> tuple[Any, list[Any]]:
        answer = await by_hand.knock(a, by_hand.Raw("GET", a.home.actor, {"accept": by_hand.TYPE}))
        document = answer.json()
        return document["publicKey"], document["assertionMethod"]

    main, methods = await shown()
    assert (main["id"], main["owner"]) == (f"{a.home.actor}#main-key", a.home.actor)
    assert [method["id"] for method in methods] == [f"{a.home.actor}#ed25519-key"]
    keys.prepare(a.directory, Kind.RSA)
    a.door.group = None, 0.0, b""
    assert await shown() != (main, methods)
    assert (await shown())[0] == main, "one to come is shown, and not yet as the one that signs"
    keys.begin(a.directory, now(), Kind.RSA)
    later, methods = await shown()
    assert later["id"] == f"{a.home.actor}#main-key-2"
    assert [method["id"] for method in methods] == [f"{a.home.actor}#ed25519-key", main["id"]]
    assert {method["type"] for method in methods} == {"Multikey"}
    ring = keyring.of({"publicKey": later, "assertionMethod": methods}, a.home.actor)
    assert ring.keys[main["id"]] == main["publicKeyPem"], "it is the same key, written otherwise"
    month = now() + timedelta(days=32)
    assert [key.key_id for key in a.door.keys.rsa_shown(month)] == [later["id"]]


async def test_who_reads_the_actor_believes_the_rsa_key_of_then_and_of_now(pair: Nodes) -> None:
    a, b = pair
    before = now()
    keys.prepare(a.directory, Kind.RSA)
    keys.begin(a.directory, now(), Kind.RSA)
    for moment in (before, None):
        key = a.door.keys.of_group(moment).rsa
        await b.database.writing(kept_nodes.forget_keys, a.origin)
        b.door.known.clear()
        url = f"{b.origin}/inbox"
        headers = cavage.sign("POST", url, b"{}", by_hand.TYPE, key, now())
        answer = await by_hand.knock(b, by_hand.Raw("POST", url, headers, b"{}"))
        assert (answer.status_code, answer.text) == (401, "Signed by somebody else than its actor.")


def test_processes_that_begin_together_have_the_same_keys(tmp_path: Path) -> None:
    begin = Barrier(4)

    def begins(_: int) -> list[str]:
        begin.wait()
        mine = keys.load_or_make(tmp_path, town.home())
        pair = mine.of_group()
        return [public_key.encode(key.private.public_key()) for key in (pair.ed25519, pair.rsa)]

    with ThreadPoolExecutor(4) as threads:
        first, *others = threads.map(begins, range(4))
    assert others == [first] * 3
    assert {path.suffix for path in (tmp_path / "keys").iterdir()} == {".pem"}


def test_both_kinds_of_keys_are_for_their_owner_alone_and_stay(tmp_path: Path) -> None:
    own = keys.load_or_make(tmp_path, town.home())
    paths = sorted((tmp_path / "keys").iterdir())
    assert [path.name for path in paths] == [
        "application-ed25519.pem",
        "application-rsa.pem",
        "group-ed25519.pem",
        "group-rsa.pem",
    ]
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    again = keys.load_or_make(tmp_path, town.home())
    for one, other in ((own.of_group(), again.of_group()), (own.of_application(), again.of_application())):
        assert one.rsa.private.key_size == 2048
        assert keys.public(one.rsa) == keys.public(other.rsa)
        assert keys.public(one.ed25519) == keys.public(other.ed25519)
    assert keys.public(own.of_group().rsa) != keys.public(own.of_application().rsa)


@pytest.mark.parametrize("name", ["group-rsa.pem", "application-rsa.pem", "group-ed25519.pem"])
def test_C02_a_key_that_others_can_read_is_refused(tmp_path: Path, name: str) -> None:
    keys.load_or_make(tmp_path, town.home())
    (tmp_path / "keys" / name).chmod(0o640)
    with pytest.raises(keys.Unsafe, match="can be read by others"):
        keys.load_or_make(tmp_path, town.home())


def test_a_key_in_the_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    keys.load_or_make(tmp_path, town.home())
    folder = tmp_path / "keys"
    for one, other in (("group-rsa.pem", "group-ed25519.pem"), ("group-ed25519.pem", "application-rsa.pem")):
        kept = (folder / one).read_bytes()
        (folder / one).write_bytes((folder / other).read_bytes())
        with pytest.raises(keys.Unsafe, match="holds no"):
            keys.load_or_make(tmp_path, town.home())
        (folder / one).write_bytes(kept)


@pytest.mark.parametrize("kind", Kind)
def test_what_was_said_before_is_signed_with_the_keys_of_then(tmp_path: Path, kind: Kind) -> None:
    own, at = keys.load_or_make(tmp_path, town.home()), now()
    first = own.of_group()
    keys.prepare(tmp_path, kind)
    keys.begin(tmp_path, at, kind)
    assert own.of_group(at - timedelta(seconds=1)).rsa.key_id == first.rsa.key_id
    assert own.of_group(at - timedelta(seconds=1)).ed25519.key_id == first.ed25519.key_id
    now_signs = own.of_group(at)
    assert now_signs.rsa.key_id.endswith("-2") == (kind is Kind.RSA)
    assert now_signs.ed25519.key_id.endswith("-2") == (kind is Kind.ED25519)


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
