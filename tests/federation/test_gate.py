"""How much others may send (`security.md`, R): who sends too much hears when to come again, and nobody else
waits for that."""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from node.acts import accounts as acts
from node.acts import nodes
from node.clock import now
from node.federation.gate import (
    KEYS_A_MINUTE_OF_ORIGIN,
    PARTNER_A_MINUTE,
    REMEMBERED,
    SIGNATURES,
    UNDER_WAY_MOST,
    UNPROVED_A_MINUTE,
    Gate,
    TooMuch,
)
from node.federation.signatures import SigningKey
from node.neighbourhood.account import NEW_AN_HOUR, Account
from node.neighbourhood.node import Follow
from node.neighbourhood.policy import Policy
from node.storage import accounts, policies
from node.storage.database import Transaction
from tests.federation import by_hand, town_of_nodes
from tests.federation.liar import Liar
from tests.federation.stillness import untouched
from tests.federation.stranger import Stranger
from tests.federation.town_of_nodes import Model, Place
from tests.federation.wire import until

A_MINUTE = Policy().a_minute
OF_ONE = A_MINUTE // 5


@pytest.fixture
async def place(tmp_path: Path, two_neighbours: Model) -> AsyncIterator[Place]:
    async with town_of_nodes.opened(tmp_path, two_neighbours) as nodes:
        yield nodes.places[0]


async def statuses(place: Place, stranger: Stranger, number: int) -> list[int]:
    """What a server hears that sends so many different Likes."""
    sent = [await stranger.tells(place, stranger.does("Like", place.home.actor)) for _ in range(number)]
    return [response.status_code for response in sent]


async def test_r01_one_server_that_floods_is_told_to_wait_and_no_other(place: Place) -> None:
    flood, calm = Stranger(place.wire, "vloed"), Stranger(place.wire, "kalm")
    heard = await statuses(place, flood, OF_ONE + 20)
    assert heard[:OF_ONE] == [202] * OF_ONE
    assert 429 in heard[OF_ONE:]
    refused = await flood.tells(place, flood.does("Like", place.home.actor))
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert await statuses(place, calm, 5) == [202] * 5


async def test_r02_an_account_its_server_and_all_together_have_each_their_own_measure() -> None:
    gate = Gate()
    for _ in range(OF_ONE):
        gate.take("https://a.example", "mo")
    with pytest.raises(TooMuch) as mo:
        gate.take("https://a.example", "mo")
    assert mo.value.status == 429
    for number in range(A_MINUTE - OF_ONE):  # others there go on, until their server has had its share
        gate.take("https://a.example", f"kim {number}")
    with pytest.raises(TooMuch):
        gate.take("https://a.example", "lia")
    with pytest.raises(TooMuch):
        gate.require_room("https://a.example", "203.0.113.9")
    gate.require_room("https://b.example", "203.0.113.9")


async def test_r02_what_is_not_proved_counts_against_its_address_alone() -> None:
    gate = Gate()
    for _ in range(200):
        gate.unproved("203.0.113.9")
    with pytest.raises(TooMuch):
        gate.require_room("https://a.example", "203.0.113.9")
    gate.require_room("https://a.example", "203.0.113.10")
    for _ in range(200):
        gate.unproved("127.0.0.1")  # a front server that does not say for whom it asks
    gate.require_room("https://a.example", "127.0.0.1")


async def test_r02_the_operator_says_how_much_and_partners_may_send_more(place: Place) -> None:
    await place.database.writing(policies.save, Policy(a_minute=10))
    stranger = Stranger(place.wire)
    assert (await statuses(place, stranger, 4)).count(429) == 2
    gate = place.door.gate
    for _ in range(PARTNER_A_MINUTE // 10):
        gate.take("https://noord.example", "https://noord.example/ap/buurt/noord")


def a_crowd(tx: Transaction, number: int) -> None:
    for one in range(number):
        actor = f"https://menigte.example/users/{one}"
        met = now() - timedelta(minutes=5)
        accounts.add(
            tx, Account(f"crowd-{one}", actor, "https://menigte.example", "Person", "", "", actor, met)
        )


async def test_r04_a_flood_of_new_accounts_waits_and_the_operator_is_told_once(place: Place) -> None:
    await place.database.writing(a_crowd, NEW_AN_HOUR)
    for name in ("een", "twee"):
        stranger = Stranger(place.wire, name)
        assert (await stranger.tells(place, stranger.does("Follow", place.home.actor))).status_code == 202
        found = await place.database.reading(accounts.by_actor, stranger.person)
        assert found is not None
        assert found.their_follow is Follow.PENDING
    assert await place.letters("follow asked") == [place.cast.operator.id]


async def test_r04_of_a_greater_flood_nothing_is_kept(place: Place) -> None:
    await place.database.writing(a_crowd, acts.ROWS_AN_HOUR)
    before, stranger = await place.count("accounts"), Stranger(place.wire)
    assert (await stranger.tells(place, stranger.does("Follow", place.home.actor))).status_code == 202
    assert await place.count("accounts") == before


def test_r06_what_is_remembered_of_many_servers_is_bounded() -> None:
    gate = Gate()
    for number in range(REMEMBERED + 500):
        gate.unproved(f"2001:db8::{number:x}")
        gate.done(number.to_bytes(8, "big"))
    assert len(gate._buckets) <= REMEMBERED
    for number in range(SIGNATURES):
        gate.done(number.to_bytes(9, "big"))
    assert len(gate._taken) <= SIGNATURES


def test_r07_when_too_much_is_being_written_down_all_come_again_soon() -> None:
    gate = Gate()
    with ExitStack() as writing:
        for _ in range(UNDER_WAY_MOST):
            writing.enter_context(gate.writing())
        with pytest.raises(TooMuch) as busy:
            gate.require_room("https://a.example", "203.0.113.9")
        assert (busy.value.status, busy.value.wait) == (503, 5)
    gate.require_room("https://a.example", "203.0.113.9")


async def test_deletes_of_actors_that_nobody_met_cost_no_fetch_and_no_row(place: Place) -> None:
    crowd = Stranger(place.wire, "menigte")
    async with untouched(place):
        for number in range(1500):
            actor = f"{crowd.origin}/users/{number}"
            pen = SigningKey(f"{actor}#ed25519-key", Ed25519PrivateKey.generate())
            gone = crowd.does("Delete", actor, actor=actor)
            assert (await crowd.tells(place, gone, key=pen, proved=False)).status_code == 202
    assert crowd.asked == []


async def test_a_paused_node_is_told_to_come_again_and_nothing_is_lost(place: Place) -> None:
    liar = Liar(place.wire)
    await liar.befriend(place)
    node = await place.knows(liar)
    await place.database.writing(nodes.pause, place.cast.operator, node.id, now())
    post = liar.activity("Create", liar.note())
    refused = await liar.says(place, post)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "3600")
    await place.asks("Niet voor wie rust")
    before = len(liar.got)
    await place.database.writing(nodes.resume, place.cast.operator, node.id, now())

    async def told() -> bool:
        return len(liar.got) > before

    await until(told)
    assert (await liar.says(place, post)).status_code == 202
    assert await place.count("posts") == 2


def comes_from(address: str) -> by_hand.Spoil:
    """As the front server of the node says it."""

    def said(raw: by_hand.Raw) -> None:
        raw.headers["x-forwarded-for"] = address

    return said


def key_of_nobody(crowd: Stranger, number: int) -> SigningKey:
    return SigningKey(f"{crowd.origin}/niemand/{number}#1", Ed25519PrivateKey.generate())


async def test_r02_who_names_keys_that_are_not_there_uses_up_its_own_measure_alone(place: Place) -> None:
    victim, calm = Stranger(place.wire, "doelwit"), Stranger(place.wire, "kalm")
    place.door.gate = Gate(seconds=float)  # all of it in one moment
    heard = []
    for number in range(UNPROVED_A_MINUTE + 10):
        like, key = victim.does("Like", place.home.actor), key_of_nobody(victim, number)
        heard.append(await victim.tells(place, like, key=key, proved=False, spoil=comes_from("203.0.113.9")))
    assert [each.status_code for each in heard[:10] + heard[-5:]] == [401] * 10 + [429] * 5
    assert len(victim.asked) == UNPROVED_A_MINUTE
    like = calm.does("Like", place.home.actor)
    assert (await calm.tells(place, like, spoil=comes_from("203.0.113.10"))).status_code == 202


async def test_r02_reading_with_keys_that_are_not_there_is_counted_too(place: Place) -> None:
    victim = Stranger(place.wire, "doelwit")
    place.door.gate = Gate(seconds=float)
    path = place.home.actor.removeprefix(place.origin) + "/outbox"
    for number in range(UNPROVED_A_MINUTE + 10):
        key = key_of_nobody(victim, number)
        answer = await by_hand.signed(place, "GET", path, key, spoil=comes_from("203.0.113.9"))
        assert answer.status_code == 200  # as for anybody
    assert len(victim.asked) == UNPROVED_A_MINUTE


async def test_r02_nobody_is_asked_for_keys_without_end_whoever_names_them(place: Place) -> None:
    victim, calm = Stranger(place.wire, "doelwit"), Stranger(place.wire, "kalm")
    place.door.gate = Gate(seconds=float)  # all of it in one moment
    heard = []
    for number in range(KEYS_A_MINUTE_OF_ORIGIN + 10):
        like, key = victim.does("Like", place.home.actor), key_of_nobody(victim, number)
        heard.append(await victim.tells(place, like, key=key, proved=False))
    assert heard[-1].status_code == 429
    assert len(victim.asked) == KEYS_A_MINUTE_OF_ORIGIN
    assert (await calm.tells(place, calm.does("Like", place.home.actor))).status_code == 202


@pytest.mark.parametrize("near", ["127.0.0.1", "::/64", "10.0.3.4", "172.20.0.2", "fd00::/64", "None"])
def test_r02_a_front_server_that_does_not_say_for_whom_it_asks_is_not_counted(near: str) -> None:
    gate = Gate()
    for _ in range(2 * UNPROVED_A_MINUTE):
        gate.unproved(near)
    gate.require_room("https://a.example", near)


def test_r02_a_home_has_one_measure_for_all_its_addresses() -> None:
    gate = Gate()
    for _ in range(UNPROVED_A_MINUTE):
        gate.unproved("2001:db8:1:2::/64")
    with pytest.raises(TooMuch):
        gate.require_room("https://a.example", "2001:db8:1:2::/64")


async def test_r06_a_node_that_asks_for_nothing_takes_no_room(place: Place) -> None:
    before, liar = await place.count("nodes"), Liar(place.wire)
    for activity in (liar.activity("Create", liar.note()), liar.activity("Like", place.home.actor)):
        assert (await liar.says(place, activity)).status_code == 202
    assert await place.count("nodes") == before
    await liar.says(place, liar.activity("Follow", place.home.actor))
    assert await place.count("nodes") == before + 1
