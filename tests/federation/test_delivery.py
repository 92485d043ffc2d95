"""What we say reaches every node it is for, in order, and none of it is lost (`security.md`, Reliability)."""

from datetime import UTC, datetime, timedelta

import pytest

from node.clock import now
from node.federation import delivery
from node.federation.guarded import Answer
from node.storage.deliveries import Delivery
from tests.federation.liar import Liar
from tests.federation.queue import failed, gets, states, time_goes_by, waits
from tests.federation.town_of_nodes import Nodes
from tests.federation.wire import Exchange, those, until, until_true

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
STEPS = {
    1: 30,
    2: 120,
    3: 600,
    4: 1800,
    5: 3600,
    6: 10800,
    7: 21600,
    8: 43200,
    9: 43200,
    500: 43200,
}  # seconds


# The rules, as tables


@pytest.mark.parametrize(("attempts", "seconds"), STEPS.items())
def test_a_host_is_tried_again_later_each_time(attempts: int, seconds: int) -> None:
    assert delivery.next_try(attempts, AT, None, 1.0) == AT + timedelta(seconds=seconds)
    assert delivery.next_try(attempts, AT, None, 0.5) == AT + timedelta(seconds=seconds / 2)
    assert delivery.next_try(attempts, AT, None, 0.0) == AT + timedelta(seconds=1), (
        "full jitter, but not at once"
    )


@pytest.mark.parametrize(("wait", "seconds"), [(0, 1), (5, 5), (120, 120), (3600, 3600), (86400, 3600)])
def test_it_is_not_tried_before_it_said_but_it_may_ask_for_an_hour_at_most(wait: float, seconds: int) -> None:
    assert delivery.next_try(1, AT, wait, 0.0) == AT + timedelta(seconds=seconds)
    assert delivery.next_try(8, AT, wait, 1.0) == AT + timedelta(hours=12), "it never makes it sooner"


@pytest.mark.parametrize(
    ("status", "word"),
    [
        *((status, "done") for status in (200, 201, 202, 204)),
        *((status, "gone") for status in (404, 410)),
        *((status, "later") for status in (401, 403, 408, 429, 500, 502, 503, 504, 599)),
        *((status, "refused") for status in (301, 302, 307, 400, 405, 406, 413, 415, 422)),
    ],
)
def test_what_an_answer_means(status: int, word: str) -> None:
    outcome = delivery.judged(Answer(status, 7.0, "", b""))
    assert outcome.word == word
    assert outcome.wait == (7.0 if word == "later" else None)


@pytest.mark.parametrize(
    ("kind", "partner", "days"),
    [
        ("Create", True, 14),
        ("Update", True, 14),
        ("Offer", True, 14),
        ("Accept", True, 14),
        ("Create", False, 3),
        ("Accept", False, 3),
        ("Delete", True, 30),
        ("Delete", False, 30),
        ("Undo", True, 30),
        ("Undo", False, 30),
    ],
)
def test_how_long_a_message_is_kept(kind: str, partner: bool, days: int) -> None:
    message = Delivery(1, "x", "https://b.example/inbox", kind, AT, 0, None, False)
    assert delivery.kept_until(message, partner) == AT + timedelta(days=days)


# On the wire


async def test_messages_arrive_in_the_order_they_were_said(pair: Nodes) -> None:
    a, b = pair
    pair.wire.down.add(b.origin)
    post = await a.asks("Nul")
    for number in range(1, 31):
        await a.edits(post, title=f"Titel {number}")
    other = await a.asks("Nog een")
    pair.wire.down.clear()
    await until(a.idle)
    await time_goes_by(a)
    await gets(b, other)
    arrived = [
        e.said for e in pair.wire.log if e.method == "POST" and e.sender == a.origin and e.status == 202
    ]
    said = [one["object"]["name"] for one in arrived if one["type"] in ("Create", "Update")]
    assert said == ["Nul", *(f"Titel {number}" for number in range(1, 31)), "Nog een"]
    assert (await b.holds(post)).title == "Titel 30"


@pytest.mark.parametrize("how", ["slow", "dead", "breaking"])
async def test_one_host_delays_nobody_else(trio: Nodes, how: str) -> None:
    a, b, c = trio

    def to_b(exchange: Exchange) -> bool:
        return exchange.method == "POST" and exchange.to == b.origin

    if how == "dead":
        trio.wire.down.add(b.origin)
    with (
        trio.wire.holding(lambda e: how == "slow" and to_b(e)) as held,
        trio.wire.answering(lambda e: how == "breaking" and to_b(e), 500),
    ):
        posts = [await a.asks(f"Vraag {number}") for number in range(5)]
        await gets(c, *posts)
        await a.edits(posts[0], text="Nog een keer")
        await c.holds(posts[0], text="Nog een keer")
        assert not await b.post(posts[0])
        assert len(held) == (how == "slow")
    trio.wire.down.clear()
    await until(a.idle)
    await time_goes_by(a)
    await gets(b, *posts)
    await b.holds(posts[0], text="Nog een keer")


async def test_nothing_is_sent_twice_that_was_answered(trio: Nodes) -> None:
    a, b, _ = trio
    trio.wire.down.add(b.origin)
    posts = [await a.asks(f"Vraag {number}") for number in range(5)]
    await failed(a, b, 1)
    trio.wire.down.clear()
    await time_goes_by(a)
    await gets(b, *posts)
    await trio.quiet()
    arrived = [(e.to, e.said["id"]) for e in trio.wire.log if e.kind == "Create" and e.status == 202]
    assert len(arrived) == len(set(arrived)) == 10


async def test_a_host_in_trouble_is_asked_less_and_less(pair: Nodes) -> None:
    a, b = pair
    with pair.wire.answering(those("Create"), 503):
        await a.asks()
        for times in range(1, 9):
            await failed(a, b, times)
            assert (await waits(a, b))[1] <= STEPS[times]
            await time_goes_by(a)


async def test_retry_after_is_kept_to(pair: Nodes) -> None:
    a, b = pair
    with pair.wire.answering(those("Create"), 429, {"retry-after": "900"}):
        await a.asks()
        await failed(a, b, 1)
    assert 800 < (await waits(a, b))[1] <= 900
    assert (await states(a))[-1] == "pending"


@pytest.mark.parametrize("status", [404, 410])
async def test_where_nobody_lives_nothing_is_kept(pair: Nodes, status: int) -> None:
    a, b = pair
    with pair.wire.answering(those("Create"), status):
        lost = await a.asks("Komt niet aan")
        await pair.quiet()
    assert (await states(a))[-1] == "given_up"
    found = await a.asks("Komt wel aan")
    await gets(b, found)
    assert await b.post(lost) is None


@pytest.mark.parametrize("status", [401, 403])
async def test_a_closed_door_holds_what_waits(pair: Nodes, status: int) -> None:
    a, b = pair
    with pair.wire.answering(those("Create"), status):
        post = await a.asks()
        await failed(a, b, 1)
    await time_goes_by(a)
    await gets(b, post)


async def test_a_message_nobody_can_read_is_parked_and_the_rest_goes_on(pair: Nodes) -> None:
    a, b = pair
    bad = await a.asks("Giftig")
    await gets(b, bad)
    await pair.quiet()
    await b.stop()  # so that it gives no sign of life
    with pair.wire.answering(lambda e: b"Giftig, anders" in e.body, 400):
        await a.edits(bad, title="Giftig, anders")
        behind = await a.asks("Erachter")
        for times in range(1, 20):
            await failed(a, b, times)
            assert (await waits(a, b))[1] <= 600, "the host lives: the others need not wait for days"
            await time_goes_by(a)
        await gets(b, behind)
    assert (await b.holds(bad)).title == "Giftig"
    assert (await states(a)).count("parked") == 1
    await failed(a, b, 0)


async def test_a_message_we_cannot_write_is_parked_and_the_rest_goes_on(pair: Nodes) -> None:
    """As after an update of the program that knows more than the row was given then."""
    a, b = pair
    pair.wire.down.add(b.origin)
    await a.asks("Hier ontbreekt iets")
    await failed(a, b, 1)
    await a.change("activities", facts={"audience": "adjacent"}, body=None)
    behind = await a.asks("Erachter")
    pair.wire.down.clear()
    await time_goes_by(a)
    await gets(b, behind)
    assert (await states(a)).count("parked") == 1


async def test_after_a_success_the_patience_begins_anew(pair: Nodes) -> None:
    a, b = pair
    await b.stop()  # so that it gives no sign of life
    with pair.wire.answering(those("Create"), 500):
        first = await a.asks("Eerst")
        for times in range(1, 6):
            await failed(a, b, times)
            await time_goes_by(a)
        await failed(a, b, 6)
    with pair.wire.answering(lambda e: b"Daarna" in e.body, 500):
        await a.asks("Daarna")
        await time_goes_by(a)
        await gets(b, first)
        await failed(a, b, 1)
        assert (await waits(a, b))[1] <= 30


async def test_what_is_too_old_is_given_up(pair: Nodes) -> None:
    a, b = pair
    pair.wire.down.add(b.origin)
    post = await a.asks()
    await failed(a, b, 1)
    await a.change("deliveries", created=now() - timedelta(days=14))
    await time_goes_by(a)

    async def over() -> bool:
        return (await states(a))[-1] == "given_up"

    await until(over)
    await a.withdraws(post)
    await failed(a, b, 3)
    await a.change("deliveries", created=now() - timedelta(days=29))
    await time_goes_by(a)
    await failed(a, b, 4)
    assert (await states(a))[-1] == "pending", "a Delete is kept longer"
    pair.wire.down.clear()
    await time_goes_by(a)
    await until_true(lambda: pair.wire.said("Delete"))


# Who may no longer have it


async def test_what_is_taken_out_of_the_queue_is_not_sent_even_when_it_was_next(pair: Nodes) -> None:
    a, b = pair
    with pair.wire.holding(those("Create")) as held:
        first, second = await a.asks("Eerste"), await a.asks("Tweede")
        await until_true(lambda: len(held))
        await a.blocks(b)
        held.release()
        await pair.quiet(a)
    assert [said["object"]["id"] for said in pair.wire.said("Create")] == [first.uri]
    assert await b.post(second) is None


async def test_an_inbox_that_moved_gets_messages_addressed_to_its_node(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    response = await b.answers(post)
    await a.heard(response)
    await a.change("deliveries", state="done")
    with pair.wire.holding(those("Accept", a.origin)) as held:
        await a.change("nodes", inbox=f"{b.home.actor}/inbox")
        await a.agrees(post, response)
        await until_true(lambda: len(held))
        await a.change("nodes", inbox=f"{b.origin}/inbox")
        assert held.waiting[0][0].said["to"] == [b.home.actor]
    await b.heard(response, state="accepted")


async def test_a_node_that_is_not_ours_gets_nothing(pair: Nodes) -> None:
    """Whoever follows is told so, and that is all: posts for neighbours are not for followers."""
    a, b = pair
    follower = Liar(pair.wire, "volger")
    await follower.says(a, follower.activity("Follow", a.home.actor, to=[a.home.actor]))
    post = await a.asks()
    await gets(b, post)
    await pair.quiet()
    assert [said["type"] for said in follower.got] == ["Accept"]
