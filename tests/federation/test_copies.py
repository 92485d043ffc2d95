"""A post reaches exactly whom it is for, and every copy hears what becomes of it (`wire.md` 4 and 8)."""

from datetime import timedelta

import pytest

from node.acts import matches, posts, timers
from node.clock import now
from node.neighbourhood.draft import PostChange
from node.neighbourhood.post import Post, State
from node.neighbourhood.refusal import NotAllowed
from node.neighbourhood.resident import console
from node.storage.database import Transaction
from tests import town
from tests.federation import by_hand
from tests.federation.stillness import HEARD
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import those, until, until_true


async def everyone(place: Place, post: Post, state: str) -> None:
    """Wait until every copy of the post stands so in the ledger of its home."""

    async def look() -> bool:
        return set((await place.copies(post)).values()) == {state}

    await until(look)


async def minute_goes_by(*places: Place) -> None:
    for place in places:
        await place.change("nodes", receipts_due=now())


async def test_a_post_reaches_exactly_the_active_neighbours(trio: Nodes) -> None:
    a, b, c = trio
    await a.ends(c)
    await trio.quiet()
    post = await a.asks()
    await b.holds(post, title=post.title, text=post.text, author_name="Bea", state=State.OPEN)
    await trio.quiet()
    assert await c.post(post) is None
    assert (await a.copies(post)).keys() == {b.name}
    assert [e.to for e in trio.wire.log if e.kind == "Create"] == [b.origin]


async def test_no_byte_of_a_post_for_the_neighbourhood_leaves_it(trio: Nodes) -> None:
    a, b, _ = trio
    secret = "Zilverreiger"
    post = await a.asks(f"{secret} titel", text=f"{secret} tekst", audience="neighbourhood")
    await a.edits(post, text=f"{secret} anders")
    await a.database.writing(posts.extend, a.cast.poster, post.id, now())
    narrowed = await a.asks("Eerst verder", text="Gewoon")
    await b.holds(narrowed)
    await a.edits(narrowed, audience="neighbourhood", text=f"{secret} smaller")
    await b.loses(narrowed)
    await b.change("lookups", due=now())  # read the outbox of a once more
    await trio.quiet()
    renamed = await a.post(post)
    assert renamed is not None
    for exchange in trio.wire.log:
        assert secret.encode() not in exchange.raw
        for hidden in (post.uri, post.id, post.party):
            assert hidden.encode() not in exchange.raw


@pytest.mark.parametrize("kind", ["request", "offer"])
async def test_every_copy_hears_what_becomes_of_a_post(three: Nodes, kind: str) -> None:
    a, b, c = three
    draft = town.asks() if kind == "request" else town.offers()
    post = await a.database.writing(posts.post, a.cast.poster, draft, now())
    await b.holds(post, kind=kind)
    await c.holds(post, kind=kind)
    later = post.expires + timedelta(days=1)
    for change in (
        PostChange(title="Anders"),
        PostChange(text="Ook anders", category="dier"),
        PostChange(urgency="urgent", decide="first", places=3),
        PostChange(expires=later),
    ):
        after = await a.database.writing(posts.edit, a.cast.poster, post.id, change, now())
        said = {
            name: getattr(after, name)
            for name in (
                "title",
                "text",
                "category",
                "urgency",
                "decide",
                "places",
                "places_left",
                "expires",
                "updated",
            )
        }
        await b.holds(post, **said)
        await c.holds(post, **said)
    await a.database.writing(posts.close, a.cast.poster, post.id, now())
    await b.holds(post, state=State.CLOSED)
    await c.holds(post, state=State.CLOSED)
    await a.database.writing(posts.reopen, a.cast.poster, post.id, now())
    await b.holds(post, state=State.OPEN)
    await c.holds(post, state=State.OPEN)
    if kind == "offer":
        await a.database.writing(posts.pause, a.cast.poster, post.id, now())
        await c.holds(post, state=State.CLOSED)
    await a.withdraws(post)
    await b.loses(post)
    await c.loses(post)


async def test_a_copy_is_asked_delivered_held_asked_back_and_gone(trio: Nodes) -> None:
    a, b, c = trio
    await trio.quiet()
    with (
        trio.wire.holding(those("Create")) as sent,
        trio.wire.holding(those("Accept", None, a.origin)) as told,
    ):
        post = await a.asks()
        await until_true(lambda: len(sent) == 2)
        assert await a.copies(post) == {b.name: "asked", c.name: "asked"}
        sent.release()
        await everyone(a, post, "delivered")
        await until_true(lambda: len(told) == 2)
        assert [e.said["object"] for e, _ in told.waiting] == [[sent_id(trio, "Create", a)]] * 2
    await everyone(a, post, "holds")
    with trio.wire.holding(those("Delete")) as sent:
        await a.withdraws(post)
        await until_true(lambda: len(sent) == 2)
        assert await a.copies(post) == {b.name: "deletion_asked", c.name: "deletion_asked"}
    await b.loses(post)
    await c.loses(post)
    await minute_goes_by(b, c)
    await everyone(a, post, "gone")
    assert [said["object"] for said in trio.wire.said("Accept", b.origin)][-1] == [sent_id(trio, "Delete", a)]


def sent_id(trio: Nodes, kind: str, place: Place) -> str:
    return str(next(e.said["id"] for e in trio.wire.log if e.kind == kind and e.sender == place.origin))


async def test_receipts_go_once_a_minute_with_a_hundred_ids(pair: Nodes) -> None:
    a, b = pair

    def ask_much(tx: Transaction) -> list[Post]:
        at = now()
        return [posts.post(tx, a.cast.poster, town.asks(f"Vraag {number}"), at) for number in range(240)]

    made = await a.database.writing(ask_much)
    await pair.quiet()

    def receipts() -> list[int]:
        return [len(said["object"]) for said in pair.wire.said("Accept", b.origin)]

    first = sum(receipts())
    assert len(receipts()) == 1, "the first at once, then not for a minute"
    await minute_goes_by(b)
    await pair.quiet()
    assert receipts() == [first, 100]
    while sum(receipts()) < 240:
        await minute_goes_by(b)
        await pair.quiet()
    assert max(receipts()) == 100
    for post in (made[0], made[-1]):
        await everyone(a, post, "holds")
    confirmed = [uri for said in pair.wire.said("Accept", b.origin) for uri in said["object"]]
    assert sorted(confirmed) == sorted(said["id"] for said in pair.wire.said("Create", a.origin))


async def test_updates_agreements_and_receipts_get_no_receipt(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    await b.holds(post)
    await pair.quiet()
    await minute_goes_by(a, b)
    before = len(pair.wire.said("Accept", b.origin))
    await a.edits(post, text="Anders")
    response = await b.answers(post)
    match = await a.agrees(post, response)
    await b.holds(post, state=State.AGREED)
    await a.database.writing(matches.complete, a.cast.poster, match.id, now())
    await b.holds(post, state=State.DONE)
    await pair.quiet()
    assert await b.count("receipts") == await a.count("receipts") == 0
    assert len(pair.wire.said("Accept", b.origin)) == before


async def test_an_update_of_an_unknown_post_is_its_create(pair: Nodes) -> None:
    a, b = pair
    with pair.wire.answering(those("Create"), 410):  # it never arrives
        post = await a.asks()
        await pair.quiet()
    assert await b.post(post) is None
    assert await a.copies(post) == {b.name: "asked"}
    await a.edits(post, text="Anders")
    await b.holds(post, text="Anders")
    await everyone(a, post, "holds")


async def test_of_two_updates_the_newest_wins_whatever_comes_last(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    await b.holds(post)
    with pair.wire.holding(those("Update")) as held:
        await a.edits(post, title="Nieuw")
        await until_true(lambda: len(held))
        old = held.waiting[0][0]
        held.release()
    await b.holds(post, title="Nieuw")
    await a.edits(post, title="Nieuwst")
    await b.holds(post, title="Nieuwst")
    late = {**old.said, "id": a.home.uri("a", "f" * 32)}
    await pair.quiet()
    before = await b.rows(*HEARD)
    assert (await pair.wire.carried(old)).status_code == 202  # the same once more
    assert (await by_hand.posted(b, late, a.door.keys.group)).status_code == 202
    assert await b.rows(*HEARD) == before


async def test_what_was_deleted_is_not_revived_by_what_comes_later(pair: Nodes) -> None:
    a, b = pair
    with pair.wire.holding(those("Create")) as held:
        post = await a.asks()
        await until_true(lambda: len(held))
        late = held.waiting[0][0]
        await a.withdraws(post)
        held.let_go(arrives=False)
        held.free = True
        await until(a.idle)
        await a.change("destinations", due=now())  # half a minute goes by
        await until_true(lambda: pair.wire.said("Delete"))
    assert (await pair.wire.carried(late)).status_code == 202
    assert await b.post(post) is None


async def test_a_copy_past_its_end_goes_without_being_told_and_comes_back_when_extended(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    await b.holds(post)
    await b.change("posts", expires=now())  # a month goes by
    await b.database.writing(timers.tick, now())
    assert await b.post(post) is None
    await a.database.writing(posts.extend, a.cast.poster, post.id, now())
    await b.holds(post, title=post.title)


async def test_thirty_days_after_its_end_a_post_is_called_back(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    await b.holds(post)
    await a.database.writing(posts.close, a.cast.poster, post.id, now())
    await b.holds(post, state=State.CLOSED)
    await a.change("posts", ended=now() - timedelta(days=29))
    await a.database.writing(timers.tick, now())
    await pair.quiet()
    assert not pair.wire.said("Delete")
    await a.change("posts", ended=now() - timedelta(days=30))
    await a.database.writing(timers.tick, now())
    await b.loses(post)
    await minute_goes_by(b)
    await everyone(a, post, "gone")


async def test_the_operator_of_a_copy_cannot_touch_it(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks()
    here = await b.holds(post)
    for by in (b.cast.poster, b.cast.operator, b.cast.broker, console(now())):
        with pytest.raises(NotAllowed):
            await b.database.writing(posts.withdraw, by, here.id, now())
