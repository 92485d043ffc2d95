"""What a node fetches by itself, from whatever others serve (`wire.md` 2 and 9)."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from node.clock import now
from node.neighbourhood.refusal import Invalid
from node.storage import lookups
from tests.federation.liar import Liar
from tests.federation.town_of_nodes import Nodes
from tests.federation.wire import those, until, until_true

ODD: list[Any] = [
    {},
    [],
    b"\xff",
    b"[" * 100_000,
    {"id": 7, "type": {"a": []}, "items": {"a": 1}, "first": 7, "orderedItems": 7, "inbox": []},
    {"id": None, "items": [None, 7, {}, [], {"id": []}], "first": {"id": {}}, "assertionMethod": {"id": 7}},
    {"orderedItems": [{"id": "https://x.example/1", "object": []}, {"id": [], "object": {"kind": []}}]},
]


@pytest.mark.parametrize("served", range(len(ODD)))
async def test_whatever_a_neighbour_serves_the_work_goes_on(pair: Nodes, served: int) -> None:
    place, enemy = pair.places[0], Liar(pair.wire)
    await enemy.befriend(place)
    for url in (enemy.actor, enemy.adjacent, enemy.outbox, f"{enemy.outbox}?page=1"):
        enemy.serve(url, ODD[served])
    await place.change("lookups", due=now())
    await until(place.idle)
    enemy.serve(enemy.outbox, {"id": enemy.outbox, "first": f"{enemy.outbox}?page=1"})
    await place.change("lookups", due=now())
    await until(place.idle)
    noord = pair.places[1]
    await noord.holds(await place.asks("Het gaat gewoon door"))


ADDRESSES = [
    "@",
    "a@",
    "@b",
    "a@b@c",
    "https://",
    "https://[::1",
    "https://a..b",
    "bar..com",
    "x" * 300,
    "http://x",
]


@pytest.mark.parametrize(
    "address", [*ADDRESSES, "mailto:x@y.example", "-", "…", "https://u:p@x.example", "https://%00"]
)
async def test_whatever_an_operator_types_the_work_goes_on(pair: Nodes, address: str) -> None:
    place, noord = pair
    with suppress(Invalid):
        await place.wants_at(address)
    await until(place.idle)
    for asked in await place.database.reading(lookups.open_for, "neighbour"):
        assert asked.error
    await noord.holds(await place.asks("Het gaat gewoon door"))


@pytest.mark.parametrize(
    "form",
    ["{origin}", "{origin}/", "{actor}", "noord@noord.example", "@noord@noord.example", "noord.example"],
)
async def test_every_way_to_name_a_node_finds_it(strangers: Nodes, form: str) -> None:
    a, b, _ = strangers
    await a.wants_at(form.format(origin=b.origin, actor=b.home.actor))

    async def asked() -> bool:
        return (await a.knows(b)).we_claim

    await until(asked)


async def test_a_slow_node_keeps_no_look_up_waiting(strangers: Nodes) -> None:
    a, b, c = strangers
    with strangers.wire.holding(those(None, a.origin, b.origin)) as held:
        await a.wants(b)
        await until_true(lambda: len(held))
        await a.wants(c)
        assert (await a.knows(c)).origin == c.origin
        assert len(held)


@pytest.mark.parametrize("what", ["done", "again", "failed"])
async def test_what_is_asked_again_meanwhile_is_fetched_again(strangers: Nodes, what: str) -> None:
    """What comes back may be older than the question."""
    place, *_ = strangers
    await place.stop()
    before, after = now() - timedelta(minutes=2), now() - timedelta(minutes=1)
    await place.database.writing(lookups.ask, "adjacent", "somebody", before)
    (under_way,) = await place.database.reading(lookups.due, now())
    await place.database.writing(lookups.ask, "adjacent", "somebody", after)
    if what == "done":
        await place.database.writing(lookups.done, under_way)
    elif what == "again":
        await place.database.writing(lookups.again, under_way, now() + timedelta(days=1))
    else:
        await place.database.writing(lookups.failed, under_way, "it did not answer", None)
    (still,) = await place.database.reading(lookups.due, now())
    assert (still.due, still.error) == (after, None)
